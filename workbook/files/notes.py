"""Classic notes: ours are added beside other people's, found again by their first words, and taken away.

Other people's notes, threaded comments' placeholders and shapes keep their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbook.files.grid import Position, parse_a1
from workbook.files.markup import (
    SEAM,
    Edit,
    Element,
    attributes,
    characters,
    child,
    children,
    elements,
    escape_string,
    inside_end,
    mask,
    namespaces,
    opened_by_us,
    reclosed,
    root,
    sewn,
    spliced,
    tag,
    unescape_string,
    whole,
)
from workbook.files.noteboxes import (
    Geometry,
    blocks_in_use,
    box_size,
    new_drawing,
    with_boxes,
    without_boxes,
)
from workbook.files.package import Package
from workbook.files.schema import FLAT, WORKSHEET, place
from workbook.files.wiring import (
    DECLARATION,
    OFFICE_RELATIONS,
    Relation,
    SheetPart,
    cover,
    cover_default,
    discard,
    free_part,
    relate,
    relations,
    unrelate,
)
from workbook.problems import UnusableInput

OWN_MARK = "【年报核查】"  # every note of ours begins with it
AUTHOR = "年报核查"
LONGEST = 32_767  # characters of a note, Excel's own limit

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_LEADS_NOWHERE = "gouji:"  # in a comment before our <legacyDrawing>: the one whose place it took
_DASH = "{dash}"
_REPLACED = re.compile(rf"<!--{_LEADS_NOWHERE}((?:(?!--).)*)-->\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Note:
    """A note for a cell ("E25") of a sheet; `alternatives` are tried in order where others' notes are."""

    sheet: str
    cell: str
    text: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note and the cell that took it."""

    note: Note
    cell: str


@dataclass(frozen=True, slots=True)
class RemovedNote:
    """A note of ours as it stood in the file, with whatever a person may have added to it."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class _Comment:
    element: Element
    cell: Position | None
    text: str
    author: str


def cell_address(cell: str) -> Position:
    """The position an address names; UnusableInput if it is no cell's."""
    found = parse_a1(cell)
    if found is None:
        raise UnusableInput(f"“{cell}”不是单元格地址，应写作E25。")
    return found


# the sheet's two parts


def _comments(package: Package, sheet: SheetPart) -> Relation | None:
    found = next((r for r in relations(package, sheet.part) if r.kind == "comments" and r.part), None)
    if found is not None and found.part is not None:
        package.top(found.part, "comments")
    return found


def _legacy_drawing(package: Package, sheet: SheetPart) -> tuple[Element | None, Relation | None]:
    """The sheet's <legacyDrawing> and where it leads (headers and footers have a drawing of their own)."""
    text, masked = package.text(sheet.part), package.masked(sheet.part)
    element = child(masked, package.top(sheet.part, "worksheet"), "legacyDrawing", FLAT)
    if element is None:
        return None, None
    facts = attributes(tag(text, element))
    wanted = next((value for name, value in facts.items() if name.rpartition(":")[2] == "id"), None)
    for relation in relations(package, sheet.part):
        if relation.id == wanted and relation.kind == "vmlDrawing" and relation.part is not None:
            package.top(relation.part, "xml")
            return element, relation
    return element, None


def _listed(text: str) -> list[_Comment]:
    masked = mask(text)
    top = root(masked)
    listing = child(masked, top, "commentList")
    found = []
    for element in elements(masked, f"{top.prefix}comment", listing.inner, listing.close) if listing else ():
        facts = attributes(tag(text, element))
        words = "".join(
            characters(text[t.inner : t.close])
            for t in elements(masked, f"{top.prefix}t", element.inner, element.close)
        )
        cell = parse_a1(facts.get("ref", ""))
        found.append(_Comment(element, cell, unescape_string(words), facts.get("authorId", "")))
    return found


def _is_ours(comment: _Comment) -> bool:
    return comment.text.lstrip().startswith(OWN_MARK)


# removing


def remove_notes(package: Package, sheet: SheetPart) -> list[RemovedNote]:
    """Take our notes off one sheet, with their boxes; parts that held nothing else go too."""
    relation = _comments(package, sheet)
    if relation is None or relation.part is None:
        return []
    text = package.text(relation.part)
    ours = [comment for comment in _listed(text) if _is_ours(comment)]
    if not ours:
        return []
    foreign = len(_listed(text)) - len(ours)
    # Saved anew by another program, the part may be dropped when it is empty; else only if we made it.
    resaved = not all(sewn(tag(text, comment.element)) for comment in ours)
    made_by_us = sewn(tag(text, root(mask(text))))
    if not foreign and (resaved or made_by_us):
        unrelate(package, sheet.part, relation.id)
        discard(package, relation.part)
    else:
        package.put(relation.part, _without_comments(text, ours))
    _remove_boxes(package, sheet, [comment.cell for comment in ours if comment.cell], resaved=resaved)
    return [RemovedNote(sheet.name, str(c.cell) if c.cell else "", c.text.strip()) for c in ours]


def _without_comments(text: str, ours: list[_Comment]) -> str:
    text = spliced(text, [(c.element.start, c.element.end, "") for c in ours])
    used = {comment.author for comment in _listed(text)}
    masked = mask(text)
    top = root(masked)
    edits: list[Edit] = []
    authors = child(masked, top, "authors")
    if authors and sewn(tag(text, authors)):  # there were none: whatever others count was not there before us
        edits.append((authors.start, authors.end, ""))
    elif authors:
        names = list(children(masked, authors))
        # Notes count their authors from the front: only the last can go.
        if names and characters(text[names[-1].inner : names[-1].close]).strip() == AUTHOR:
            last = names[-1]
            if str(len(names) - 1) not in used and sewn(tag(text, last)):
                edits.append((last.start, last.end, ""))
    text = spliced(text, edits)
    for local in ("authors", "commentList"):
        masked = mask(text)
        element = child(masked, root(masked), local)
        if element and element.inner == element.close:
            if opened_by_us(text, element):
                text = spliced(text, [reclosed(element)])
            elif sewn(tag(text, element)):
                text = spliced(text, [(element.start, element.end, "")])
    return text


def _remove_boxes(package: Package, sheet: SheetPart, cells: list[Position], *, resaved: bool) -> None:
    element, relation = _legacy_drawing(package, sheet)
    if element is None or relation is None or relation.part is None:
        return
    text = package.text(relation.part)
    made_by_us = sewn(tag(text, root(mask(text))))
    text, remaining = without_boxes(text, cells)
    if remaining or not (resaved or made_by_us):
        package.put(relation.part, text)
        return
    unrelate(package, sheet.part, relation.id)
    discard(package, relation.part)
    # Dropping may have changed nothing in the sheet, so the element still stands where it was found.
    body = package.text(sheet.part)
    former = _REPLACED.search(body, 0, element.start)
    edit = (
        (former.start(), element.end, former[1].replace(_DASH, "-"))
        if former
        else (element.start, element.end, "")
    )
    package.put(sheet.part, spliced(body, [edit]))


# adding


def add_notes(
    package: Package, sheet: SheetPart, notes: Iterable[Note], *, strict: bool
) -> tuple[list[PlacedNote], list[Note]]:
    """Put notes on one sheet; gives those placed, with their cells, and those for which no cell was free."""
    relation = _comments(package, sheet)
    present = _listed(package.text(relation.part)) if relation and relation.part else []
    taken = {comment.cell for comment in present} | _threaded_cells(package, sheet)
    placed: list[tuple[Position, PlacedNote]] = []
    unplaced: list[Note] = []
    for note in notes:
        cells = [cell_address(cell) for cell in (note.cell, *note.alternatives)]
        free = next((cell for cell in cells if cell not in taken), None)
        if free is None:
            unplaced.append(note)
            continue
        taken.add(free)
        placed.append((free, PlacedNote(note, str(free))))
    if placed:
        placed.sort(key=lambda pair: pair[0])
        texts = [(cell, own_text(done.note.text)) for cell, done in placed]
        _add_comments(package, sheet, relation, texts, strict=strict)
        _add_boxes(package, sheet, texts, strict=strict)
    return [done for _, done in placed], unplaced


def own_text(text: str) -> str:
    """A note's text as it is written: it begins with our mark and is no longer than Excel allows."""
    marked = text if text.startswith(OWN_MARK) else f"{OWN_MARK}\n{text}"
    return marked if len(marked) <= LONGEST else marked[: LONGEST - 1] + "…"


def _threaded_cells(package: Package, sheet: SheetPart) -> set[Position | None]:
    """The cells with threaded comments: their placeholders among the notes may be missing."""
    found: set[Position | None] = set()
    for relation in relations(package, sheet.part):
        if relation.kind == "threadedComment" and relation.part is not None:
            text, masked = package.text(relation.part), package.masked(relation.part)
            for element in children(masked, root(masked)):
                found.add(parse_a1(attributes(tag(text, element)).get("ref", "")))
    return found


def _add_comments(
    package: Package,
    sheet: SheetPart,
    relation: Relation | None,
    texts: list[tuple[Position, str]],
    *,
    strict: bool,
) -> None:
    if relation is not None and relation.part is not None:
        part, text = relation.part, package.text(relation.part)
    else:
        body = package.text(sheet.part)
        top = package.top(sheet.part, "worksheet")
        space = namespaces(tag(body, top)).get(top.prefix.rstrip(":"), "")
        part = free_part(package, "xl/comments{}.xml", sheet.part)
        text = (
            f'{DECLARATION}<comments{SEAM}xmlns="{space}"><authors></authors>'
            "<commentList></commentList></comments>"
        )
        part = package.add(part, text)  # a dropped part comes back under its own spelling
        relate(package, sheet.part, "comments", part, strict=strict)
        cover(package, part, _COMMENTS_TYPE)
    text, author = _with_author(text)
    masked = mask(text)
    top = root(masked)
    listing = child(masked, top, "commentList")
    new = "".join(_comment(top.prefix, cell, words, author) for cell, words in texts)
    if listing is None:
        authors = child(masked, top, "authors")
        at = authors.end if authors else top.inner
        name = f"{top.prefix}commentList"
        edit: Edit = (at, at, f"<{name}{SEAM}>{new}</{name}>")
    else:
        edit = inside_end(listing, new)
    package.put(part, spliced(text, [edit]))


def _comment(prefix: str, cell: Position, text: str, author: int) -> str:
    p = prefix
    return (
        f'<{p}comment{SEAM}ref="{cell}" authorId="{author}"><{p}text><{p}r>'
        f'<{p}rPr><{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="宋体"/><{p}charset val="134"/>'
        f"</{p}rPr>"
        f'<{p}t xml:space="preserve">{escape_string(text)}</{p}t></{p}r></{p}text></{p}comment>'
    )


def _with_author(text: str) -> tuple[str, int]:
    """The comments with our author among the authors, and his number."""
    masked = mask(text)
    top = root(masked)
    authors = child(masked, top, "authors")
    name = f"{top.prefix}author"
    if authors is None:
        block = f"<{top.prefix}authors{SEAM}><{name}{SEAM}>{AUTHOR}</{name}></{top.prefix}authors>"
        return spliced(text, [(top.inner, top.inner, block)]), 0
    names = [characters(text[e.inner : e.close]) for e in children(masked, authors)]
    if AUTHOR in names:
        return text, names.index(AUTHOR)
    return spliced(text, [inside_end(authors, f"<{name}{SEAM}>{AUTHOR}</{name}>")]), len(names)


def _add_boxes(
    package: Package, sheet: SheetPart, texts: list[tuple[Position, str]], *, strict: bool
) -> None:
    element, relation = _legacy_drawing(package, sheet)
    geometry = Geometry(package.text(sheet.part), max(cell.row for cell, _ in texts))
    boxes = [(cell, geometry.anchor(cell, box_size(text))) for cell, text in texts]
    used = blocks_in_use(package)
    if element is not None and relation is not None and relation.part is not None:
        package.put(relation.part, with_boxes(package.text(relation.part), boxes, used))
        return
    part = free_part(package, "xl/drawings/vmlDrawing{}.vml", sheet.part)
    part = package.add(part, with_boxes(new_drawing(), boxes, used))
    cover_default(package, "vml", _VML_TYPE)
    number = relate(package, sheet.part, "vmlDrawing", part, strict=strict)
    text, masked = package.text(sheet.part), package.masked(sheet.part)
    top = package.top(sheet.part, "worksheet")
    declared = namespaces(tag(text, top))
    prefix = next((name for name, space in declared.items() if name and space in OFFICE_RELATIONS), None)
    link = f'{prefix}:id="{number}"' if prefix else f'xmlns:r="{OFFICE_RELATIONS[strict]}" r:id="{number}"'
    new = f"<{top.prefix}legacyDrawing{SEAM}{link}/>"
    if element is not None:  # one that leads nowhere: Excel would drop it, and two there cannot be
        old = whole(text, element).replace("-", _DASH)  # a comment may not hold two dashes
        kept = f"<!--{_LEADS_NOWHERE}{old}-->"
        edit: Edit = (element.start, element.end, kept + new)
    else:
        at = place(masked, top, "legacyDrawing", WORKSHEET)
        edit = (at, at, new)
    package.put(sheet.part, spliced(text, [edit]))
