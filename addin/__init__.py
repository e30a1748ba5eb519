"""The add-in: the same review as the command line, on a workbook that is open in Excel or LibreOffice."""
