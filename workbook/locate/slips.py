"""From broken sums to slips: which cells go together, what else could have happened, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workbook.locate.confidence import class_confidence, evidence_class
from workbook.locate.decoder import shifted_lines, single_changes, unfilled_totals
from workbook.locate.elimination import Exact
from workbook.locate.evidence import Candidate, Evidence
from workbook.locate.solver import least_changes
from workbook.locate.structure import Structure
from workbook.locate.system import System
from workbook.locate.typing_errors import SHIFTED

# From here on a best explanation that is not the only one is still shown as the place of the slip.
LOCATED = 0.7

_MANY = 6  # changes from which on a single movement is believed without a search to its end
_HURRY = 10


@dataclass(frozen=True)
class Slip:
    """One slip: the broken rows it explains, the best explanation first, others after it.

    `unique`: the search was complete and no other explanation is about as small. `in_time` is False where
    the search was cut short. `standing` is the class by which the benchmark counted such slips.
    """

    rows: tuple[int, ...]
    explanations: tuple[Candidate, ...]
    unique: bool
    in_time: bool
    standing: str

    @property
    def confidence(self) -> float:
        """How often the best explanation of such a slip was right."""
        return class_confidence(self.standing)

    @property
    def best(self) -> Candidate:
        """The most believable explanation."""
        return self.explanations[0]

    @property
    def located(self) -> bool:
        """Whether it may be said which cells are wrong: no other way, or the likeliest by far."""
        return self.unique or self.confidence >= LOCATED


@dataclass(frozen=True)
class Search:
    """What was found: slips, and rows for which nothing was (`late`: the search was cut short there)."""

    slips: tuple[Slip, ...]
    unexplained: tuple[int, ...]
    late: bool


def find_slips(evidence: Evidence) -> Search:
    """Every slip behind the broken rows that a finding complains of. Raises nothing."""
    system = evidence.system
    slips: list[Slip] = []
    unexplained: list[int] = []
    late = False
    taken: set[int] = set()
    for islands in _tables(system.structure):
        found, lost, cut = _slips_of_table(evidence, islands)
        slips += found
        unexplained += lost
        late = late or cut
    for number, slip in enumerate(slips):
        rows = _rows_of(system, slip, taken)
        taken.update(rows)
        slips[number] = replace(slip, rows=rows)
    return Search(
        tuple(slip for slip in slips if any(row in system.findings for row in slip.rows)),
        tuple(row for row in unexplained if row not in taken),
        late,
    )


def _tables(structure: Structure) -> Iterator[tuple[tuple[int, ...], ...]]:
    """The islands, those of one table together."""
    by_table: dict[str, list[tuple[int, ...]]] = {}
    for island in structure.islands:
        cell = next(iter(structure.rows[island[0]]))
        by_table.setdefault(structure.cells[cell].table, []).append(island)
    for islands in by_table.values():
        yield tuple(islands)


def _slips_of_table(
    evidence: Evidence, islands: tuple[tuple[int, ...], ...]
) -> tuple[list[Slip], list[int], bool]:
    system = evidence.system
    hit = [rows for rows in islands if any(row in system.broken and row in system.findings for row in rows)]
    if not hit:
        return [], [], False
    moves = _moves(evidence, islands)
    pattern = bool(moves) and len(moves[0].shifts) >= _MANY
    slips: list[Slip] = []
    unexplained: list[int] = []
    late = False
    for rows in hit:
        candidates, complete = _explanations(evidence, rows, hurried=pattern)
        late = late or not complete
        if candidates:
            slips += _split(evidence, rows, candidates, complete)
        else:
            unexplained += [row for row in rows if row in system.broken]
    together: dict[int, Exact] = {}
    for slip in slips:
        together |= slip.best.shifts
    confirmed = bool(moves) and moves[0].shifts == together and all(slip.unique for slip in slips)
    if not moves or (confirmed and moves[0].kind not in SHIFTED):
        return slips, unexplained, late  # totals left at 0 are slips of their own where each is certain
    plain = evidence.judge(together)
    if not unexplained and plain.cost <= moves[0].cost:
        return slips, [], late
    if pattern and not confirmed:
        # So many figures in one pattern: nothing else could be more believable, found in time or not.
        ways = moves if unexplained or plain.shifts == moves[0].shifts else [*moves, plain]
        return [Slip((), tuple(ways), False, True, f"pattern/{moves[0].kind}")], [], False
    if unexplained:
        return slips, unexplained, late
    return [_joined(evidence, moves, slips, plain)], [], late


def _moves(evidence: Evidence, islands: tuple[tuple[int, ...], ...]) -> list[Candidate]:
    """Single movements of the hand that explain every broken row of a table, the most believable first."""
    system = evidence.system
    table = system.structure.cells[next(iter(system.structure.rows[islands[0][0]]))].table
    rows = tuple(
        index
        for index, row in enumerate(system.structure.rows)
        if row and system.structure.cells[next(iter(row))].table == table
    )
    found = [evidence.judge(shifts, slip=kind) for shifts, kind in shifted_lines(system, rows)]
    unfilled = unfilled_totals(system, rows)
    if unfilled is not None and len(unfilled) > 1:
        found.append(evidence.judge(unfilled, slip="total_not_filled"))
    return sorted((way for way in found if _is_in_form(way, system)), key=_rank)


def _explanations(
    evidence: Evidence, rows: tuple[int, ...], *, hurried: bool
) -> tuple[list[Candidate], bool]:
    """Every explanation within the margin of the least one, the most believable first.

    `hurried`: a pattern explains it all already, so the search may only confirm that there is no other way.
    """
    system, weights = evidence.system, evidence.weights
    single = [evidence.judge(shifts) for shifts in single_changes(system, rows)]
    complete = True
    if not single:
        problem, cells = system.problem(rows, evidence.change_weights)
        effort = weights.effort
        if hurried:
            effort = replace(effort, nodes=effort.nodes // _HURRY)
        answer = least_changes(problem, weights.rival_margin, effort)
        complete = answer.complete
        single = [
            evidence.judge(
                {cells[cell]: shift for cell, shift in solution.shifts.items()}, loose=solution.open
            )
            for solution in answer.solutions
            if solution.shifts
        ]
    single = [candidate for candidate in single if _is_in_form(candidate, system)]
    least = min((candidate.weight for candidate in single), default=0)
    near = [candidate for candidate in single if candidate.weight <= least + weights.rival_margin]
    return sorted(near, key=_rank), complete


def _is_in_form(candidate: Candidate, system: System) -> bool:
    """Whether every change is of a cell that the form at hand has."""
    return system.unprinted.isdisjoint(candidate.shifts)


def _rank(candidate: Candidate) -> tuple[int, int, tuple[int, ...]]:
    return candidate.cost, candidate.weight, tuple(candidate.shifts)


def _split(
    evidence: Evidence, rows: tuple[int, ...], candidates: list[Candidate], complete: bool
) -> list[Slip]:
    """Take an explanation of all broken rows apart into slips that have nothing to do with one another.

    Two changes belong together where they stand in the same sum, or where another explanation exchanges
    them together.
    """
    system = evidence.system
    best = candidates[0]
    group = {cell: {cell} for cell in best.shifts}  # cell → all it goes with

    def join(cells: Iterable[int]) -> None:
        together = set().union(*(group[cell] for cell in cells))
        for cell in together:
            group[cell] = together

    for row in rows:
        sharing = [cell for cell in best.shifts if cell in system.structure.rows[row]]
        if len(sharing) > 1:
            join(sharing)
    pieces: list[dict[int, Exact]] = []
    for other in candidates[1:]:
        for piece in _pieces(system.structure, _difference(best.shifts, other.shifts)):
            touched = [cell for cell in piece if cell in group]
            if touched and piece not in pieces:
                pieces.append(piece)
                join(touched)
    slips = []
    for cells in {min(together): together for together in group.values()}.values():
        own = {cell: best.shifts[cell] for cell in cells}
        ways = [evidence.judge(own, loose=best.open)]
        for piece in pieces:
            if not cells.isdisjoint(piece):
                merged = {cell: own.get(cell, 0) + piece.get(cell, 0) for cell in {*own, *piece}}
                ways.append(evidence.judge({cell: shift for cell, shift in merged.items() if shift}))
        ways.sort(key=_rank)
        unique = complete and len(ways) == 1 and not best.open
        slips.append(_slip(system, ways, unique, complete))
    return slips


def _slip(system: System, ways: list[Candidate], unique: bool, complete: bool) -> Slip:
    standing = _standing(system, ways, unique=unique, complete=complete)
    return Slip((), tuple(ways), unique, complete, standing)


def _standing(system: System, ways: Sequence[Candidate], *, unique: bool, complete: bool) -> str:
    structure = system.structure
    touched = {index for cell in ways[0].shifts for index, _ in structure.columns[cell]}
    within = {index for island in structure.islands for index in island}
    betraying = [index for index in touched if index in system.broken and index in within]
    return evidence_class(
        ways,
        unique=unique,
        complete=complete,
        crossed=len(betraying) > 1,
        paired=len(betraying) == 1 and _has_opposite(system, betraying[0], within - touched),
    )


def _has_opposite(system: System, row: int, others: Iterable[int]) -> bool:
    """Whether another sum of the table is out by the same amount the other way."""
    equalities = system.structure.equalities
    table = equalities[row].mark.table
    return any(
        system.broken.get(other) == -system.broken[row] and equalities[other].mark.table == table
        for other in others
    )


def _difference(one: Mapping[int, Exact], other: Mapping[int, Exact]) -> dict[int, Exact]:
    found = {cell: other.get(cell, 0) - one.get(cell, 0) for cell in {*one, *other}}
    return {cell: shift for cell, shift in sorted(found.items()) if shift}


def _pieces(structure: Structure, shifts: Mapping[int, Exact]) -> list[dict[int, Exact]]:
    """Changes taken apart where they share no sum."""
    groups: list[tuple[set[int], dict[int, Exact]]] = []
    for cell, shift in shifts.items():
        rows, members = {index for index, _ in structure.columns[cell]}, {cell: shift}
        apart = []
        for other_rows, other_members in groups:
            if other_rows & rows:
                rows |= other_rows
                members = {**other_members, **members}
            else:
                apart.append((other_rows, other_members))
        groups = [*apart, (rows, members)]
    return [dict(sorted(members.items())) for _, members in groups]


def _joined(evidence: Evidence, moves: list[Candidate], slips: list[Slip], plain: Candidate) -> Slip:
    """One movement in the place of several slips; what they could have been are its alternatives."""
    ways = [*moves, plain]
    for slip in slips:
        rest = {cell: shift for cell, shift in plain.shifts.items() if cell not in slip.best.shifts}
        ways += [evidence.judge({**rest, **way.shifts}) for way in slip.explanations[1:]]
    known: dict[tuple[tuple[int, Exact], ...], Candidate] = {}
    for way in sorted(ways, key=_rank):
        known.setdefault(tuple(way.shifts.items()), way)
    ordered = list(known.values())
    in_time = all(slip.in_time for slip in slips)
    return _slip(evidence.system, ordered, len(ordered) == 1 and in_time, in_time)


def _rows_of(system: System, slip: Slip, taken: set[int]) -> tuple[int, ...]:
    """The broken rows that the best explanation moves, those not yet explained."""
    touched = {index for cell in slip.best.shifts for index, _ in system.structure.columns[cell]}
    return tuple(sorted(row for row in touched if row in system.broken and row not in taken))
