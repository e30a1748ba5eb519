"""How the form looks: fonts, colours, cell formats, and how tall a piece of Chinese text stands."""

from __future__ import annotations

from typing import Any

# The statutory form is set in 宋体, headings in 黑体, prose in 仿宋; Windows, WPS and macOS have all three.
SONG, HEI, FANG = "宋体", "黑体", "仿宋"

GREY_TEXT = "#7F7F7F"
TOTAL_FILL = "#F2F2F2"  # totals: computed, not typed
HEADER_FILL = "#EDF2F9"  # headers of our own lists; the statutory tables stay white
NOTE_FILL = "#FFFBE6"  # where a clerk may write in our own lists
BLANK_FILL = "#FFFCEB"  # a figure still to be filled: pale enough to vanish in print
BROKEN_FILL, BROKEN_TEXT = "#FFC7CE", "#9C0006"
DOUBT_FILL, DOUBT_TEXT = "#FFE2B8", "#7F4A00"
GOOD_FILL, GOOD_TEXT = "#E2F0D9", "#2E6B1F"
OPEN_FILL, OPEN_TEXT = "#FFF4CC", "#7F6000"
INVOLVED_FILL = "#FDEEEE"  # the row or column of a broken equality

TAB_FILL, TAB_AUTO, TAB_GUIDE = "#2F75B5", "#A6A6A6", "#70AD47"

MAX_ROW_HEIGHT = 409.0  # Excel's limit for one row, in points
PROSE_SIZES = (14.0, 12.0, 10.5)


class Styles:
    """The formats of one book, each made once.

    XlsxWriter numbers formats in the order they are made, so the same calls give the same file.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **properties: object) -> Any:
        """The format with these XlsxWriter properties, made on first use."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def conditional(self, fill: str, text: str | None = None, bold: bool = False) -> Any:
        """A format for a conditional rule: fill, colour of the figures, weight; the rest stays."""
        properties: dict[str, object] = {"bg_color": fill}
        if text:
            properties["font_color"] = text
        if bold:
            properties["bold"] = True
        return self.get(**properties)

    def title(self, size: float = 22) -> Any:
        """The report's title."""
        return self.get(
            font_name=SONG, font_size=size, bold=True, align="center", valign="vcenter", text_wrap=True
        )

    def heading(self, locked: bool = True) -> Any:
        """A section's heading."""
        return self.get(
            font_name=HEI, font_size=16, align="left", valign="vcenter", text_wrap=True, locked=locked
        )

    def label(self, align: str = "center", size: float = 11, bold: bool = False) -> Any:
        """A printed label of a statutory table."""
        return self.get(
            font_name=SONG, font_size=size, bold=bold, align=align, valign="vcenter", border=1, text_wrap=True
        )

    def figure(self, locked: bool, total: bool) -> Any:
        """A figure of a statutory table; General, so that what was typed is what is seen."""
        properties: dict[str, object] = {
            "font_name": SONG, "font_size": 11, "align": "center", "valign": "vcenter", "border": 1,
            "shrink": True, "locked": locked,
        }  # fmt: skip
        if total:
            properties["bg_color"] = TOTAL_FILL
        return self.get(**properties)

    def prose(self, size: float = PROSE_SIZES[0]) -> Any:
        """A paragraph of the report."""
        return self.get(
            font_name=FANG, font_size=size, align="left", valign="top", text_wrap=True, locked=False
        )

    def note(self, size: float = 10, colour: str = GREY_TEXT) -> Any:
        """A line of explanation, not part of the report."""
        return self.get(font_name=SONG, font_size=size, font_color=colour, valign="vcenter", text_wrap=True)

    def status(self) -> Any:
        """The status line over a table."""
        return self.get(
            font_name=SONG, font_size=11, bold=True, align="left", valign="vcenter", text_wrap=True
        )

    def column_head(self) -> Any:
        """A header cell of one of our own lists."""
        return self.get(
            font_name=SONG, font_size=11, bold=True, align="center", valign="vcenter", border=1,
            text_wrap=True, bg_color=HEADER_FILL,
        )  # fmt: skip

    def list_cell(
        self, align: str = "left", locked: bool = True, border: bool = True, valign: str = "top"
    ) -> Any:
        """A body cell of one of our own lists."""
        properties: dict[str, object] = {
            "font_name": SONG, "font_size": 11, "align": align, "valign": valign, "text_wrap": True,
            "locked": locked,
        }  # fmt: skip
        if border:
            properties["border"] = 1
        return self.get(**properties)
