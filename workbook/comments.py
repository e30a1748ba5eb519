"""From findings to what is written into the workbook: at most one note a cause, tints, 校验结果.

Everything goes through one amendment, so that a second check replaces exactly what the first one wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from workbook.explanations import (
    Explanations,
    header_row,
    joined_keys,
    key_position,
    prepared_keys,
)
from workbook.files.amend import OWN_MARK, Amendment, CellValue, Note, Shade, Tint
from workbook.files.grid import Grid, Position, parse_a1, quoted
from workbook.form.anchors import (
    EXPLANATIONS,
    EXPLANATIONS_COLUMNS,
    RESULTS,
    RESULTS_COLUMNS,
    RESULTS_ROWS,
    TEXT_SIZES,
)
from workbook.form.edition import CellId
from workbook.form.filing import Place
from workbook.form.values import figure
from workbook.rules.findings import Cause, CheckResult, Finding, Severity
from workbook.rules.rulebook import RuleBook
from workbook.rules.wording import (
    Wording,
    finding_place,
    located_message,
    located_remedy,
    place_words,
    rectangles,
    undecided_hint,
    word_finding,
)

_MOST_POINTERS = 12  # hints at the other cells of one slip

_MOST_BESIDE = 20  # cells left of a figure that may take its note instead
_SHADES = {Severity.ERROR: Shade.ERROR, Severity.EXPLAIN: Shade.EXPLAIN, Severity.WARNING: Shade.WARNING}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One cause as it is said: its gravest finding's words, its remedy, and where."""

    cause: Cause
    lead: Finding
    wording: Wording
    remedy: str
    place: Place | None
    where: str
    findings: tuple[Finding, ...]


def complaints(result: CheckResult, rulebook: RuleBook) -> list[Complaint]:
    """One complaint a cause, the gravest first, then in the order of the catalogue."""
    found = [_complaint(cause, result, rulebook) for cause in result.causes]
    return sorted(found, key=lambda item: (item.lead.severity.rank, item.cause.number))


def _complaint(cause: Cause, result: CheckResult, rulebook: RuleBook) -> Complaint:
    filing = result.filing
    findings = tuple(result.findings[index] for index in cause.findings)
    # The gravest finding speaks; of several that of the cell itself.
    lead = min(findings, key=lambda finding: (finding.severity.rank, finding.mark != cause.mark))
    wording = word_finding(lead, filing, rulebook)
    located = located_message(cause, lead, filing)
    place = finding_place(lead, filing)
    if located is not None:
        wording = replace(wording, message=f"{located}由此不符：{wording.message}")
        place = filing.place(cause.mark) if cause.mark is not None else place
    return Complaint(
        cause=cause,
        lead=lead,
        wording=wording,
        remedy=located_remedy(cause, result, rulebook)
        or wording.remedy + undecided_hint(cause, filing.edition),
        place=place,
        where=_where(
            cause.mark if located is not None else None if lead.section is not None else lead.mark,
            result,
            place,
        ),
        findings=findings,
    )


def _where(mark: CellId | None, result: CheckResult, place: Place | None) -> str:
    """Short enough for a narrow column; the message says it in words: 表三 D27, 一、总体情况 A6."""
    name = "全表"
    if mark is not None:
        name = result.filing.edition.by_id[mark.table].label
    elif place is not None:
        name = place.sheet
    return f"{name} {place.cell}" if place is not None and place.cell else name


def amendment(result: CheckResult, rulebook: RuleBook, grid: Grid, said: Explanations) -> Amendment:
    """Notes, tints and result rows for a checked workbook; earlier ones of ours are replaced."""
    found = complaints(result, rulebook)
    return Amendment(
        notes=tuple(_notes(found, result, grid)),
        tints=tuple(_tints(found, result)),
        values=(
            *_result_rows(found, result, grid, said),
            *_bound_rows(result, grid, said),
        ),
        fit=TEXT_SIZES,
    )


def _notes(found: list[Complaint], result: CheckResult, grid: Grid) -> Iterator[Note]:
    by_cell: dict[Place, list[Complaint]] = {}
    for complaint in found:
        if complaint.place is not None and complaint.place.cell:
            by_cell.setdefault(complaint.place, []).append(complaint)
    for place, here in by_cell.items():
        lines = [
            f"{number} {item.wording.message}\n  {item.remedy}\n"
            f"  依据：{item.wording.basis}。{item.wording.tag}"
            for number, item in enumerate(here, start=1)
        ]
        yield Note(place.sheet, place.cell, OWN_MARK + "\n" + "\n".join(lines), _beside(place, grid))
    for complaint in found:
        yield from _pointers(complaint, result, grid, set(by_cell))


def _pointers(complaint: Complaint, result: CheckResult, grid: Grid, taken: set[Place]) -> Iterator[Note]:
    """A short hint at the other cells that the same slip makes wrong."""
    if not complaint.cause.unique or complaint.place is None:
        return
    changes = [change for change in complaint.cause.changes[1:] if change.before is not None]
    for change in changes[:_MOST_POINTERS]:
        place = result.filing.place(change.cell)
        if place is not None and place not in taken:
            taken.add(place)
            text = f"{OWN_MARK}\n应为{figure(change.after)}，原因见{complaint.place.cell}的批注。"
            yield Note(place.sheet, place.cell, text, _beside(place, grid))


def _beside(place: Place, grid: Grid) -> tuple[str, ...]:
    """Cells to the left, where the row's label is, if somebody's own note already sits on the cell."""
    position, sheet = parse_a1(place.cell), grid.sheet(place.sheet)
    if position is None or sheet is None:
        return ()
    row = [(first, last) for first, last in sheet.merged if first.row <= position.row <= last.row]

    def is_covered(cell: Position) -> bool:
        return any(cell != first and first.column <= cell.column <= last.column for first, last in row)

    left = (Position(position.row, column) for column in range(position.column - 1, 0, -1))
    free = (str(candidate) for candidate in left if not is_covered(candidate))
    return tuple(islice(free, _MOST_BESIDE))


def _tints(found: list[Complaint], result: CheckResult) -> Iterator[Tint]:
    """Each cell in the colour of the gravest complaint that touches it."""
    worst: dict[tuple[str, str], Severity] = {}
    for complaint in found:
        for place in _touched(complaint, result):
            key = (place.sheet, place.cell)
            if key not in worst or complaint.lead.severity.rank < worst[key].rank:
                worst[key] = complaint.lead.severity
    by_shade: dict[tuple[str, Severity], set[Position]] = {}
    for (sheet, cell), severity in worst.items():
        position = parse_a1(cell)
        if position is not None:
            by_shade.setdefault((sheet, severity), set()).add(position)
    for (sheet, severity), cells in sorted(by_shade.items(), key=lambda item: (item[0][0], item[0][1].rank)):
        for area in rectangles(cells):
            yield Tint(sheet, area, _SHADES[severity])


def _touched(complaint: Complaint, result: CheckResult) -> Iterator[Place]:
    filing = result.filing
    if complaint.place is not None:
        yield complaint.place
    cells = [cell for finding in complaint.findings for cell in finding.cells]
    cells += [change.cell for change in complaint.cause.changes]
    for cell in cells:
        place = filing.place(cell)
        if place is not None:
            yield place


def _result_rows(
    found: list[Complaint], result: CheckResult, grid: Grid, said: Explanations
) -> Iterator[CellValue]:
    """The body of 校验结果, rows left over emptied; nothing where the form has no such sheet."""
    sheet = grid.sheet(RESULTS)
    header = header_row(sheet, RESULTS_COLUMNS) if sheet else None
    if sheet is None or header is None:
        return
    top, columns = header
    used = max((position.row for position in sheet.cells), default=top)
    last = max(top + min(len(found), RESULTS_ROWS), used)
    for row in range(top + 1, last + 1):
        index = row - top - 1
        values: dict[str, str | int | None] = dict.fromkeys(RESULTS_COLUMNS)
        link = None
        if index < min(len(found), RESULTS_ROWS):
            complaint = found[index]
            values |= _row(index + 1, complaint, result, said)
            if complaint.place is not None and complaint.place.cell:
                link = f"{quoted(complaint.place.sheet)}!{complaint.place.cell}"
        for name, column in columns.items():
            position = Position(row, column)
            if values[name] is not None or position in sheet.cells or name == "place":
                yield CellValue(RESULTS, str(position), values[name], link if name == "place" else None)


def emptied_results(grid: Grid) -> tuple[CellValue, ...]:
    """What takes our rows out of 校验结果 again; a row that carries somebody's 情况说明 stays as it is."""
    sheet = grid.sheet(RESULTS)
    header = header_row(sheet, RESULTS_COLUMNS) if sheet else None
    if sheet is None or header is None or "key" not in header[1]:
        return ()
    top, columns = header
    said = [columns[name] for name in ("explanation", "lapsed") if name in columns]
    ours = {
        row
        for row in {position.row for position in sheet.cells if position.row > top}
        if sheet.text(row, columns["key"]) and not any(sheet.text(row, column).strip() for column in said)
    }
    return tuple(
        CellValue(RESULTS, str(position), None)
        for position in sorted(sheet.cells)
        if position.row in ours and position.column in columns.values()
    )


def _row(
    number: int, complaint: Complaint, result: CheckResult, said: Explanations
) -> dict[str, str | int | None]:
    indices = complaint.cause.findings
    explanation = next((text for i in indices if (text := result.explanations.get(i))), None)
    lapsed = None
    if explanation is None:
        lapsed = next((text for finding in complaint.findings if (text := said.lapsed(finding))), None)
    return {
        "number": number,
        "severity": complaint.wording.severity,
        "place": complaint.where,
        "message": complaint.wording.message,
        "remedy": complaint.remedy,
        "basis": complaint.wording.basis,
        "rule": complaint.wording.code,
        "explanation": explanation,
        "lapsed": lapsed,
        "key": joined_keys(complaint.findings),
    }


def _bound_rows(result: CheckResult, grid: Grid, said: Explanations) -> Iterator[CellValue]:
    """Explanations written beforehand are tied to the figures they were first used for."""
    sheet = grid.sheet(EXPLANATIONS)
    if sheet is None:
        return
    for row, keys in prepared_keys(result, said, explained_places(result)):
        position = key_position(sheet, EXPLANATIONS_COLUMNS, row)
        if position is not None:
            yield CellValue(EXPLANATIONS, str(position), keys)


def explained_places(result: CheckResult) -> dict[int, str]:
    """Finding → its place in words, for explanations that name one column or row."""
    edition = result.filing.edition
    return {
        number: place_words(edition, finding.mark)
        for number, finding in enumerate(result.findings)
        if finding.mark is not None
    }
