"""How often explanations of a kind were right on the benchmark: read from `confidence.yaml`, never invented.

For machines and for ranking; a clerk never sees it. `python tests/benchmarks/locating.py --write` seeds
errors into realistic reports, counts for each class of explanation how often the best one was exactly right,
and writes the file. The count is smoothed by one success and one failure (Laplace).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from workbook.form.strict import Entry, read_strict
from workbook.locate.elimination import size_of
from workbook.locate.evidence import Candidate
from workbook.locate.typing_errors import MEMORABLE, SHIFTED, WRONG_FIGURE

CONFIDENCE_FILE = Path(__file__).parent / "confidence.yaml"

BLANK_CLASS = "blank"  # a blank that the filled figures determine
UNIT_CLASS = "unit"  # an amount ten thousand times last year's

# By how much the best explanation costs less than the second, in hundredths of a slip.
_LEADS = ((30, "far"), (10, "some"), (0, "even"))
_FEW = 3
_PAIR = 2
_CANCELLING = ("open/offset", "open/paired", "open/small_shift")


@dataclass(frozen=True)
class Standing:
    """How a class did on the benchmark."""

    right: int
    cases: int

    @property
    def confidence(self) -> float:
        """The share that was right, smoothed, to two places; never 1, which no count can show."""
        return min(round((self.right + 1) / (self.cases + 2), 2), 0.99)


def evidence_class(
    ways: Sequence[Candidate], *, unique: bool, complete: bool, crossed: bool, paired: bool = False
) -> str:
    """The class of an explanation: alone or ahead of how many others by how much, and what speaks for it.

    `crossed`: more than one broken sum betrays it. `paired`: somewhere else in the table as much is missing
    as is too much here, so that one thing may have been booked in the wrong column of any row. An explanation
    whose changes cancel somewhere is a class of its own: several such pairs always exist.
    """
    best = ways[0]
    size = "one" if len(best.shifts) == 1 else "two" if len(best.shifts) == 2 else "many"
    if unique:
        return f"unique/{size}/{'plain' if best.kind == WRONG_FIGURE else 'slip'}"
    if not complete:
        return "cut"
    if len(ways) == 1:
        return "loose"
    lead = ways[1].cost - best.cost
    ahead = next(name for least, name in _LEADS if lead >= least)
    rivals = "few" if len(ways) <= _FEW else "many"
    support = "backed" if best.backed else "unbacked"
    if best.kind in SHIFTED and _may_be_chance(best):
        return f"open/small_shift/{rivals}/{support}"
    if paired and not best.moved:
        return f"open/paired/{rivals}/{support}"
    shape = "crossed" if crossed else "alone"
    if best.moved:
        shape = "shift" if best.kind in SHIFTED else "unfilled"
    elif best.offset:
        return f"open/offset/{rivals}"
    return f"open/{shape}/{rivals}/{ahead}/{support}"


def _may_be_chance(best: Candidate) -> bool:
    """Whether so little was moved that the pattern of a shift may be mere chance."""
    return len(best.shifts) <= _PAIR and max(size_of(shift) for shift in best.shifts.values()) < MEMORABLE


def class_confidence(name: str) -> float:
    """The confidence of a class; 0.3 for one the benchmark never met, which says nothing either way.

    Where changes that cancel one another explain as much, a repair is never called likelier than not, however
    often it was right on the benchmark: which of the pairs it is cannot be read from the sums.
    """
    standing = _standings().get(name)
    counted = standing.confidence if standing is not None else 0.3
    return min(counted, 0.5) if name.startswith(_CANCELLING) else counted


def read_confidence(path: Path = CONFIDENCE_FILE) -> dict[str, Standing]:
    """The classes of a file. Raises BrokenDefinition naming file and line."""
    top = read_strict(path).fields()
    found = {name: _standing(entry) for name, entry in top.take("classes").pairs().items()}
    top.done()
    return found


def _standing(entry: Entry) -> Standing:
    fields = entry.fields()
    standing = Standing(fields.take("right").whole(), fields.take("cases").whole())
    stated = fields.take("confidence").text()
    fields.done()
    if not 0 <= standing.right <= standing.cases:
        entry.broken("more right than cases")
    if Decimal(stated) != Decimal(str(standing.confidence)):
        entry.broken(f"{standing.right} of {standing.cases} do not make {stated}")
    return standing


@lru_cache(maxsize=1)
def _standings() -> Mapping[str, Standing]:
    return read_confidence()
