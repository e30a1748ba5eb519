"""Fonts and colours. LibreOffice keeps one font for Western and one for Chinese text; Excel has one."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from addin.libreoffice import protection
from addin.libreoffice.uno_bridge import enum, is_ambiguous, translated

_BOLD, _NORMAL = 150.0, 100.0
_SLANT = "com.sun.star.awt.FontSlant"

Colour = tuple[int, int, int]


def from_uno(number: int) -> Colour | None:
    """LibreOffice's 0xRRGGBB as a triple; None for “none” or “automatic”."""
    return None if number < 0 else (number >> 16 & 255, number >> 8 & 255, number & 255)


def to_uno(colour: Colour | str | int | None) -> int:
    """A triple, "#RRGGBB" or Excel's integer (0xBBGGRR) as LibreOffice's; None is “none”."""
    if colour is None:
        return -1
    if isinstance(colour, str):
        return int(colour.removeprefix("#"), 16)
    if isinstance(colour, int):
        return (colour & 255) << 16 | colour & 0xFF00 | colour >> 16 & 255
    red, green, blue = colour
    return red << 16 | green << 8 | blue


@translated
class Font(base_classes.Font):
    """The font of a range. Reading gives None where the cells differ, as in Excel."""

    def __init__(self, sheet: Any, area: Any) -> None:
        self._sheet, self._area = sheet, area

    @property
    def api(self) -> Any:
        """The UNO range, which carries the font's properties."""
        return self._area

    def _read(self, name: str) -> Any:
        return None if is_ambiguous(self._area, name) else self._area.getPropertyValue(name)

    def _write(self, name: str, value: Any) -> None:
        """Set a property and its twin for East Asian text, without which Chinese would not change."""
        protection.check_format(self._sheet)
        self._area.setPropertyValues((name, f"{name}Asian"), (value, value))

    @property
    def bold(self) -> bool | None:
        """Bold or not."""
        weight = self._read("CharWeight")
        return None if weight is None else weight >= _BOLD

    @bold.setter
    def bold(self, value: bool) -> None:
        self._write("CharWeight", _BOLD if value else _NORMAL)

    @property
    def italic(self) -> bool | None:
        """Slanted or not."""
        slant = self._read("CharPosture")
        return None if slant is None else slant.value != "NONE"

    @italic.setter
    def italic(self, value: bool) -> None:
        self._write("CharPosture", enum(_SLANT, "ITALIC" if value else "NONE"))

    @property
    def size(self) -> float | None:
        """Height in points."""
        size = self._read("CharHeight")
        return None if size is None else float(size)

    @size.setter
    def size(self, value: float) -> None:
        self._write("CharHeight", float(value))

    @property
    def name(self) -> str | None:
        """The font's name; the Western one if a workbook gives the two kinds of text different fonts."""
        return self._read("CharFontName")  # type: ignore[no-any-return]

    @name.setter
    def name(self, value: str) -> None:
        self._write("CharFontName", value)

    @property
    def color(self) -> Colour | None:
        """Colour of the text; automatic is black."""
        number = self._read("CharColor")
        return None if number is None else from_uno(number) or (0, 0, 0)

    @color.setter
    def color(self, value: Colour | str | int) -> None:
        protection.check_format(self._sheet)
        self._area.setPropertyValue("CharColor", to_uno(value))  # the one property without a twin
