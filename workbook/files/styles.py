"""The one thing the scan wants of styles.xml: which cell formats show a date."""

from __future__ import annotations

from workbook.files.archive import Archive
from workbook.files.numberformat import BUILT_IN, Shows, shows
from workbook.files.safexml import Attributes, part_events, split


def dates(archive: Archive, part: str | None) -> tuple[Shows, ...]:
    """What each cell format (by the index a cell's `s` names) shows of a moment; () without a part.

    Raises UnusableInput if the part is no sound XML or has more formats than the limits allow.
    """
    if part is None:
        return ()
    codes: dict[str, str] = {}
    formats: list[str] = []
    path: list[str] = []
    most = archive.limits.styles

    def start(name: str, attributes: Attributes) -> None:
        local = split(name)[1]
        path.append(local)
        if len(path) != 3:
            return
        if local == "numFmt" and path[1] == "numFmts":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local == "xf" and path[1] == "cellXfs":
            formats.append(attributes.get("numFmtId", ""))
        if len(formats) > most or len(codes) > most:
            raise archive.refuse(f"的单元格样式超过{most}种", "请把内容复制到新的填报模板后重交")

    part_events(archive, part, start, lambda _: path.pop())
    known: dict[str, Shows] = {}
    for number in formats:
        if number not in known:
            known[number] = shows(codes[number]) if number in codes else _built_in(number)
    return tuple(known[number] for number in formats)


def _built_in(number: str) -> Shows:
    index = int(number) if number.isdecimal() and len(number) < 9 else 0
    return BUILT_IN.get(index, Shows.NOTHING)
