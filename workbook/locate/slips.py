"""From broken sums to slips: which cells go together, what else could have happened, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbook.locate.confidence import class_confidence, evidence_class
from workbook.locate.decoder import shifted_lines, single_changes
from workbook.locate.evidence import Candidate, Evidence
from workbook.locate.solver import Exact, least_changes
from workbook.locate.system import Structure, System

# From here on a best explanation that is not the only one is still shown as the place of the slip.
LOCATED = 0.7


@dataclass(frozen=True)
class Slip:
    """One slip: the broken rows it explains, the best explanation first, others after it.

    `unique`: the search was complete and no other explanation is about as small. `in_time` is False where
    the search was cut short.
    """

    rows: tuple[int, ...]
    explanations: tuple[Candidate, ...]
    unique: bool
    in_time: bool
    confidence: float

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
        slips[number] = Slip(rows, slip.explanations, slip.unique, slip.in_time, slip.confidence)
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
    slips: list[Slip] = []
    unexplained: list[int] = []
    late = False
    for rows in hit:
        candidates, complete = _explanations(evidence, rows)
        late = late or not complete
        if candidates:
            slips += _split(evidence, rows, candidates, complete)
        else:
            unexplained += [row for row in rows if row in system.broken]
    if len(hit) > 1 or len(slips) != 1 or len(slips[0].best.shifts) > 1:
        moved = _moved(evidence, islands, slips)
        if moved is not None and not unexplained:
            return [moved], [], late
    return slips, unexplained, late


def _explanations(evidence: Evidence, rows: tuple[int, ...]) -> tuple[list[Candidate], bool]:
    """Every explanation within the margin of the least one, the most believable first."""
    system, weights = evidence.system, evidence.weights
    single = [evidence.judge(shifts) for shifts in single_changes(system, rows)]
    complete = True
    if not single:
        problem, cells = system.problem(rows, evidence.change_weights)
        answer = least_changes(problem, weights.rival_margin, weights.effort)
        complete = answer.complete
        single = [
            evidence.judge(
                {cells[cell]: shift for cell, shift in solution.shifts.items()}, loose=solution.open
            )
            for solution in answer.solutions
            if solution.shifts
        ]
    least = min((candidate.weight for candidate in single), default=0)
    near = [candidate for candidate in single if candidate.weight <= least + weights.rival_margin]
    return sorted(near, key=_rank), complete


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
    name = slip_class(system, ways, unique=unique, complete=complete)
    return Slip((), tuple(ways), unique, complete, class_confidence(name))


def slip_class(system: System, ways: Sequence[Candidate], *, unique: bool, complete: bool) -> str:
    """The class by which the benchmark counts how often such a slip's best explanation is right."""
    touched = {index for cell in ways[0].shifts for index, _ in system.structure.columns[cell]}
    within = {index for island in system.structure.islands for index in island}
    crossed = len([index for index in touched if index in system.broken and index in within]) > 1
    return evidence_class(ways, unique=unique, complete=complete, crossed=crossed)


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


def _moved(evidence: Evidence, islands: tuple[tuple[int, ...], ...], slips: list[Slip]) -> Slip | None:
    """A stretch of figures typed one place off, if that is more believable than what else was found."""
    system = evidence.system
    table = system.structure.cells[next(iter(system.structure.rows[islands[0][0]]))].table
    rows = tuple(
        index
        for index, row in enumerate(system.structure.rows)
        if row and system.structure.cells[next(iter(row))].table == table
    )
    ways = sorted(
        (evidence.judge(shifts, slip=kind) for shifts, kind in shifted_lines(system, rows)), key=_rank
    )
    if not ways:
        return None
    together: dict[int, Exact] = {}
    for slip in slips:
        together |= slip.best.shifts
    if slips:
        plain = evidence.judge(together)
        if plain.cost <= ways[0].cost:
            return None
        if plain.shifts not in [way.shifts for way in ways]:
            ways.append(plain)
        for slip in slips:
            ways += [
                evidence.judge(
                    {**{c: s for c, s in together.items() if c not in slip.best.shifts}, **way.shifts}
                )
                for way in slip.explanations[1:]
            ]
    known: dict[tuple[tuple[int, Exact], ...], Candidate] = {}
    for way in ways:
        known.setdefault(tuple(way.shifts.items()), way)
    ordered = sorted(known.values(), key=_rank)
    in_time = all(slip.in_time for slip in slips)
    return _slip(system, ordered, len(ordered) == 1 and in_time, in_time)


def _rows_of(system: System, slip: Slip, taken: set[int]) -> tuple[int, ...]:
    """The broken rows that the best explanation moves, those not yet explained."""
    touched = {index for cell in slip.best.shifts for index, _ in system.structure.columns[cell]}
    return tuple(sorted(row for row in touched if row in system.broken and row not in taken))
