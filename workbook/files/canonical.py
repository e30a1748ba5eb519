"""Rewrites a sheet or string table of unusual spelling into the one spelling the scan's patterns know.

Other prefixes, single quotes, attributes in any order, comments, CDATA, pretty printing, cells and rows
without addresses: expat reads them all, and what it read is written out again, only what the scan needs.
"""

from __future__ import annotations

from workbook.files.archive import Archive
from workbook.files.grid import column_letters, parse_a1
from workbook.files.safexml import MAIN, Attributes, part_events, split

_ROW = ["worksheet", "sheetData", "row"]
_CELL = [*_ROW, "c"]


def canonical_strings(archive: Archive, part: str) -> str:
    """A shared string table as <sst><si><t>…</t></si>…</sst>, runs joined, phonetic readings left out."""
    out = ["<sst>"]
    path: list[str] = []
    pieces: list[str] = []

    def start(name: str, _: Attributes) -> None:
        namespace, local = split(name)
        path.append(local if namespace in MAIN else "")

    def end(_: str) -> None:
        if path == ["sst", "si"]:
            out.append(f"<si><t>{_escaped(''.join(pieces))}</t></si>")
            pieces.clear()
        path.pop()

    def text(characters: str) -> None:
        if path[2:] in (["t"], ["r", "t"]) and path[:2] == ["sst", "si"]:
            pieces.append(characters)

    part_events(archive, part, start, end, text)
    out.append("</sst>")
    return "".join(out)


def canonical_sheet(archive: Archive, part: str) -> str:
    """A worksheet's cells, merged ranges and drawing reference in the plain spelling.

    Raises UnusableInput if it is no sound worksheet or has more cells than the limits allow.
    """
    rewriter = _SheetRewriter(archive, part)
    part_events(archive, part, rewriter.start, rewriter.end, rewriter.text)
    return rewriter.written()


class _SheetRewriter:
    def __init__(self, archive: Archive, part: str) -> None:
        self._archive, self._part = archive, part
        self._cells: list[str] = []
        self._after: list[str] = []
        self._path: list[str] = []
        self._row = self._column = self._count = 0
        self._tag = ""
        self._formula: tuple[str, list[str]] | None = None
        self._texts: dict[str, list[str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        namespace, local = split(name)
        path = self._path
        path.append(local if namespace in MAIN else "")
        if len(path) == 1 and path != ["worksheet"]:
            raise self._archive.broken(f"{self._part}不是工作表")
        if path == _ROW:
            self._begin_row(attributes)
        elif path == _CELL:
            self._begin_cell(attributes)
        elif path[:4] == _CELL and len(path) == 5:
            if local == "f":
                known = {key: attributes[key] for key in ("t", "ref", "si") if key in attributes}
                self._formula = ("".join(_attribute(*item) for item in known.items()), [])
            elif local in ("v", "is"):
                self._texts.setdefault(local, [])
        elif path == ["worksheet", "mergeCells", "mergeCell"]:
            if all(map(parse_a1, attributes.get("ref", "").split(":"))):
                self._after.append(f"<mergeCell{_attribute('ref', attributes['ref'])}/>")
        elif path == ["worksheet", "sheetProtection"]:
            self._after.append(f"<sheetProtection{_attribute('sheet', attributes.get('sheet', '0'))}/>")
        elif path == ["worksheet", "drawing"]:
            self._after.append("<drawing />")

    def end(self, _: str) -> None:
        if self._path == _CELL:
            self._end_cell()
        elif self._path == _ROW:
            self._cells.append("</row>")
        self._path.pop()

    def text(self, characters: str) -> None:
        if self._path[:4] != _CELL:
            return
        inside = self._path[4:]
        if inside == ["f"] and self._formula:
            self._formula[1].append(characters)
        elif inside == ["v"]:
            self._texts["v"].append(characters)
        elif inside in (["is", "t"], ["is", "r", "t"]):
            self._texts["is"].append(characters)

    def written(self) -> str:
        return f"<worksheet><sheetData>{''.join(self._cells)}</sheetData>{''.join(self._after)}</worksheet>"

    def _begin_row(self, attributes: Attributes) -> None:
        written = attributes.get("r", "")
        self._row = int(written) if written.isdecimal() and len(written) < 9 else self._row + 1
        self._column = 0
        self._cells.append("<row>")

    def _begin_cell(self, attributes: Attributes) -> None:
        self._count += 1
        if self._count > self._archive.limits.cells:
            raise self._archive.refuse(
                f"的单元格超过{self._archive.limits.cells}个", "请删去与年报无关的内容后重交"
            )
        place = parse_a1(attributes.get("r", ""))
        if place:
            self._row, self._column = place
        else:
            self._column += 1
        # A bad address stays as it is: the scan complains of it.
        address = attributes.get("r", f"{column_letters(self._column)}{self._row}")
        kept = "".join(_attribute(key, attributes[key]) for key in ("s", "t") if key in attributes)
        self._tag = f"<c{_attribute('r', address)}{kept}>"
        self._formula, self._texts = None, {}

    def _end_cell(self) -> None:
        out = [self._tag]
        if self._formula:
            attributes, pieces = self._formula
            out.append(f"<f{attributes}>{_escaped(''.join(pieces))}</f>")
        if "v" in self._texts:
            out.append(f"<v>{_escaped(''.join(self._texts['v']))}</v>")
        if "is" in self._texts:
            out.append(f"<is><t>{_escaped(''.join(self._texts['is']))}</t></is>")
        out.append("</c>")
        self._cells.append("".join(out))


def _escaped(text: str) -> str:
    # A bare "\r" would be read as a line end; Excel's own escape says what it is.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "_x000D_")


def _attribute(name: str, value: str) -> str:
    plain = _escaped(value).replace('"', "&quot;").replace("'", "&apos;")
    return f' {name}="{plain}"'
