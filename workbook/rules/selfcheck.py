"""The rule set checks itself: no contradiction, no cell without a rule, and what the sums cannot see.

A form whose figures must add up is a code. Its distance says what is detectable: a set of wrong cells goes
unseen if the sums still hold, so for every cell the smallest such set is what counts. Distances are found by
comparing columns of the matrix: all its dependencies have factors of 1 and −1 only, because the sums of a
two-way table are a totally unimodular matrix (A. Schrijver, Theory of Linear and Integer Programming, 1986,
ch. 19).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions, edition_for_year
from workbook.form.filing import LEVELS, SCOPES, Fact, Filing, Organ
from workbook.rules.checker import check_filing
from workbook.rules.equalities import Equality, hard_equalities, independent_rows
from workbook.rules.rulebook import RuleBook

Column = frozenset[tuple[int, int]]  # (equality, factor) of one cell

_FAR = 5  # "five or more": nobody makes so many slips that hide one another


@dataclass(frozen=True)
class Clash:
    """A report that should be possible and is not: which, and what speaks against it."""

    what: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Coding:
    """What the sums see of each cell, with typed totals or with formula totals.

    `distance` is the size of the smallest set of wrong cells, this one among them, that no sum betrays: 1
    never seen; 2 seen, but another cell explains it as well; 3 or more: a single slip is located. 5 means
    five or more.
    """

    formulas: bool
    distance: Mapping[CellId, int]

    def count(self, distance: int) -> int:
        """How many cells have that distance."""
        return sum(1 for value in self.distance.values() if value == distance)


@dataclass(frozen=True)
class EditionCheck:
    """What the rule book makes of one edition."""

    edition: Edition
    equalities: int
    redundant: tuple[tuple[Equality, int], ...]  # and from how many others it follows
    contradictions: tuple[Clash, ...]
    barred: Mapping[
        CellId, tuple[str, ...]
    ]  # cells that can hold nothing but 0 (no power to make rules left out)
    uncovered: tuple[CellId, ...]  # cells in which anything may stand
    only_shape: tuple[CellId, ...]  # cells no formula reads: only what is no figure at all is noticed
    codings: tuple[Coding, ...]


@dataclass(frozen=True)
class SelfCheck:
    """The whole report; `sound` where nothing has to be mended in the rules."""

    editions: tuple[EditionCheck, ...]

    @property
    def sound(self) -> bool:
        """No contradiction, no cell that can only be 0, no cell without any rule."""
        return not any(item.contradictions or item.barred or item.uncovered for item in self.editions)


def self_check(rulebook: RuleBook, editions: Iterable[Edition] | None = None) -> SelfCheck:
    """Examine the rule book against these editions, or every one. Some seconds; raises nothing."""
    return SelfCheck(tuple(_edition_check(rulebook, edition) for edition in editions or all_editions()))


def _edition_check(rulebook: RuleBook, edition: Edition) -> EditionCheck:
    equalities = hard_equalities(rulebook, edition)
    number = {cell: index for index, cell in enumerate(edition.cells)}
    rows = [{number[cell]: factor for cell, factor in item.factors.items()} for item in equalities]
    _, follows = independent_rows(rows)
    read = {cell for _, application in rulebook.applications(edition, None) for cell in application.reads}
    contradictions = tuple(_contradictions(rulebook, edition))
    return EditionCheck(
        edition=edition,
        equalities=len(equalities),
        redundant=tuple((equalities[index], len(others)) for index, others in sorted(follows.items())),
        contradictions=contradictions,
        # Where no report satisfies the rules no cell can be filled: saying it cell by cell adds nothing.
        barred={} if contradictions else _barred(rulebook, edition),
        uncovered=tuple(_uncovered(rulebook, edition)),
        only_shape=tuple(cell for cell in edition.cells if cell not in read),
        codings=tuple(coding(rulebook, edition, formulas=formulas) for formulas in (False, True)),
    )


def _years(edition: Edition) -> Iterator[int]:
    """Every year whose rules may differ: all the edition's, five of one that is in force."""
    yield from range(edition.first_year, (edition.last_year or edition.first_year + 4) + 1)


def _contradictions(rulebook: RuleBook, edition: Edition) -> Iterator[Clash]:
    """For each level, scope and year: a report of zeros, and one with applications, satisfy every rule."""
    zeros = dict.fromkeys(edition.cells, 0)
    before = {older: _ordinary(rulebook, older, 101) for older in all_editions()}
    for figures, earlier, what in (
        (zeros, None, "全为0"),
        (_ordinary(rulebook, edition, 100), before, "有申请"),
    ):
        for year in _years(edition):
            last = edition_for_year(year - 1)
            for level, name in LEVELS.items():
                for scope, scope_name in SCOPES.items():
                    organ = Organ("某单位", level)
                    prior = None
                    if last is not None:
                        past = earlier[last] if earlier else dict.fromkeys(last.cells, 0)
                        prior = _filing(last, past, year - 1, organ, scope)
                    broken = _broken(rulebook, _filing(edition, figures, year, organ, scope), prior)
                    if broken:
                        yield Clash(f"{year}年度{name}（{scope_name}），{what}的年报", broken)


def _barred(rulebook: RuleBook, edition: Edition) -> dict[CellId, tuple[str, ...]]:
    """Cells that no report may fill, of an organ that may make rules: every one can hold a figure.

    All are raised at once; only where that breaks a rule they are tried in halves, down to single ones.
    """
    ordinary = _ordinary(rulebook, edition, 100)
    found: dict[CellId, tuple[str, ...]] = {}
    waiting = [table.inputs for table in edition.tables]
    while waiting:
        cells = waiting.pop()
        broken = _best(rulebook, edition, ordinary, cells)[1]
        if not broken:
            continue
        if len(cells) > 1:
            waiting += [cells[: len(cells) // 2], cells[len(cells) // 2 :]]
            continue
        # What may not stand alone (an amount without a project) may stand with another of its row.
        row = [cell for cell in edition.by_id[cells[0].table].inputs if cell.row == cells[0].row]
        if all(_best(rulebook, edition, ordinary, (cells[0], other))[1] for other in row):
            found[cells[0]] = broken
    return found


def _best(
    rulebook: RuleBook, edition: Edition, base: Mapping[CellId, int], raised: tuple[CellId, ...]
) -> tuple[dict[CellId, int], tuple[str, ...]]:
    """The base with one more in some cells, balanced in the way that breaks fewest rules."""
    organ = Organ("某单位", "province", rule_power=True)
    tried = []
    for choice in range(3):
        figures = {cell: value + (cell in raised) for cell, value in base.items()}
        whole = _balanced(rulebook, edition, figures, raised, choice)
        broken = _broken(rulebook, _filing(edition, whole, edition.first_year, organ, "own"), None)
        if not broken:
            return whole, ()
        tried.append((len(broken), choice, whole, broken))
    return min(tried)[2:]


def _uncovered(rulebook: RuleBook, edition: Edition) -> list[CellId]:
    """Cells in which even half a thing less than nothing goes unnoticed."""
    impossible = Decimal("-0.5")
    filing = _filing(
        edition, dict.fromkeys(edition.cells, 0), edition.first_year, Organ("某单位", "county"), "own"
    )
    facts = {cell: Fact(cell, impossible, impossible) for cell in edition.cells}
    noticed: set[CellId] = set()
    for finding in check_filing(replace(filing, facts=facts), rulebook).findings:
        noticed.update(finding.cells or ((finding.mark,) if finding.mark else ()))
    return [cell for cell in edition.cells if cell not in noticed]


def _broken(rulebook: RuleBook, filing: Filing, prior: Filing | None) -> tuple[str, ...]:
    result = check_filing(filing, rulebook, prior)
    return tuple(dict.fromkeys(finding.rule for finding in result.findings))


def _ordinary(rulebook: RuleBook, edition: Edition, amount: int) -> dict[CellId, int]:
    """A report in which something happened: so much in every input of the first line that sums are about."""
    table = max(edition.tables, key=lambda item: len(item.totals))
    line = tuple(cell for cell in table.inputs if cell.row == table.inputs[0].row)
    base = {cell: amount - 1 if cell in line else 0 for cell in edition.cells}
    return _best(rulebook, edition, base, line)[0]


def _balanced(
    rulebook: RuleBook, edition: Edition, figures: Mapping[CellId, int], keep: tuple[CellId, ...], choice: int
) -> dict[CellId, int]:
    """Figures in which every hard equality holds: inputs not in `keep` are raised, totals follow.

    `choice` says which of the inputs that could take up a difference does.
    """
    found = dict(figures)
    for item in hard_equalities(rulebook, edition):
        row = _spelt_out(edition, item.factors)
        excess = sum(factor * found[cell] for cell, factor in row.items())
        ways = [cell for cell, factor in row.items() if cell not in keep and (excess > 0) != (factor > 0)]
        if excess and ways:
            found[ways[min(choice, len(ways) - 1)]] += abs(excess)
    return found


def _filing(edition: Edition, figures: Mapping[CellId, int], year: int, organ: Organ, scope: str) -> Filing:
    """A filing of these inputs, every total the sum of its parts."""
    whole = dict(figures)
    for total, parts in edition.totals.items():
        whole[total] = sum(whole[part] for part in parts)
    return Filing(
        organ=organ,
        year=year,
        edition_id=edition.id,
        scope=scope,
        facts={cell: Fact(cell, Decimal(value), Decimal(value)) for cell, value in whole.items()},
    )


def coding(rulebook: RuleBook, edition: Edition, *, formulas: bool) -> Coding:
    """The distance of every cell a person types, totals included where they are typed."""
    rows = [dict(item.factors) for item in hard_equalities(rulebook, edition)]
    if formulas:
        rows = [_spelt_out(edition, row) for row in rows]
    typed = [cell for cell in edition.cells if not (formulas and cell in edition.totals)]
    columns: dict[CellId, Column] = {
        cell: frozenset((index, row[cell]) for index, row in enumerate(rows) if cell in row) for cell in typed
    }
    return Coding(formulas, _distances(columns))


def _spelt_out(edition: Edition, row: Mapping[CellId, int]) -> dict[CellId, int]:
    """A row with every total replaced by its parts."""
    found = dict(row)
    while any(cell in edition.totals for cell in found):
        for total in [cell for cell in found if cell in edition.totals]:
            factor = found.pop(total)
            for part in edition.totals[total]:
                found[part] = found.get(part, 0) + factor
    return {cell: factor for cell, factor in found.items() if factor}


def _distances(columns: Mapping[CellId, Column]) -> dict[CellId, int]:
    found = {cell: 1 for cell, column in columns.items() if not column}
    cells = [cell for cell in columns if cell not in found]
    by_column: dict[Column, list[CellId]] = {}
    for cell in cells:
        by_column.setdefault(_signed(columns[cell]), []).append(cell)
    for twins in by_column.values():
        if len(twins) > 1:
            found |= dict.fromkeys(twins, 2)
    # Sums and differences of two different columns, and which pairs give them.
    pairs: dict[Column, list[tuple[CellId, CellId]]] = {}
    for at, one in enumerate(cells):
        for other in cells[at + 1 :]:
            for sign in (1, -1):
                joined = _joined(columns[one], columns[other], sign)
                if joined:
                    pairs.setdefault(_signed(joined), []).append((one, other))
    for cell in cells:
        others = [pair for pair in pairs.get(_signed(columns[cell]), []) if cell not in pair]
        for member in {cell, *others[0]} if others else ():
            found[member] = min(found.get(member, 3), 3)
    for alike in pairs.values():
        for one_pair, other_pair in pairwise(alike):
            if not set(one_pair) & set(other_pair):
                for member in (*one_pair, *other_pair):
                    found[member] = min(found.get(member, 4), 4)
    return {cell: found.get(cell, _FAR) for cell in columns}


def _signed(column: Column) -> Column:
    """The same for a column and its negative."""
    lead = min(column)[1]
    return column if lead > 0 else frozenset((row, -factor) for row, factor in column)


def _joined(one: Column, other: Column, sign: int) -> Column:
    found = dict(one)
    for row, factor in other:
        found[row] = found.get(row, 0) + sign * factor
    return frozenset((row, factor) for row, factor in found.items() if factor)
