"""The desk: one small program on the intranet where a workbook is dropped, read, mended and submitted."""
