"""What reading remembers from one book to the next, for all books that have the same styles part."""

from __future__ import annotations

from collections import OrderedDict

from workbook.files.archive import Archive
from workbook.files.knownrows import KnownRows
from workbook.files.meaning import Meanings
from workbook.files.styles import dates


class Known:
    """The spellings of cells met so far, and whole rows."""

    __slots__ = ("_rows", "meanings")

    _MOST_ROWS = 4

    def __init__(self, archive: Archive, styles: str | None, date1904: bool) -> None:
        """Raises UnusableInput if the styles part cannot be read."""
        self.meanings = Meanings(dates(archive, styles), date1904, archive.limits.text)
        self._rows: dict[frozenset[str], KnownRows] = {}

    def rows(self, prefixes: frozenset[str]) -> KnownRows:
        """The rows met on sheets that declare these prefixes."""
        known = self._rows.get(prefixes)
        if known is None:
            if len(self._rows) >= self._MOST_ROWS:
                self._rows.clear()
            known = self._rows[prefixes] = KnownRows(self.meanings, prefixes)
        return known


# The key holds the packed styles part itself, not its CRC alone: a CRC can be forged, and a forged one
# would spoil the dates in everybody else's file.
_cache: OrderedDict[object, Known] = OrderedDict()
_CACHED, _CACHED_SIZE = 16, 256 * 1024


def known_of(archive: Archive, styles: str | None, date1904: bool) -> Known:
    """What is known of books with that styles part; shared by all that have the same bytes there.

    Raises UnusableInput if the styles part cannot be read.
    """
    fingerprint = archive.fingerprint(styles) if styles else None
    if fingerprint and len(fingerprint[3]) > _CACHED_SIZE:
        return Known(archive, styles, date1904)
    key = (fingerprint, date1904, archive.limits.text, archive.limits.styles)
    known = _cache.get(key)
    if known is None:
        known = _cache[key] = Known(archive, styles, date1904)
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
    _cache.move_to_end(key)
    return known
