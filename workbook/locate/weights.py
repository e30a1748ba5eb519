"""How likely each kind of slip is, as data with reasons: read strictly from `weights.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workbook.form.strict import Entry, read_strict
from workbook.locate.solver import Effort

WEIGHTS_FILE = Path(__file__).parent / "weights.yaml"

_CHANGE = ("ordinary", "typed_total", "backed_by_last_year", "backed_by_prose")
_CREDIT = (
    *("agrees_with_last_year", "agrees_with_prose", "against_prose"),
    *("digits_swapped", "digit_dropped", "digit_added", "digit_changed", "digit_of_one", "sign", "unit_slip"),
    *(
        "total_in_part",
        "part_in_total",
        "total_not_filled",
        "last_year_pasted",
        "blank_for_zero",
        "misbooked",
        "left_zero",
    ),
)
_EFFORT = ("nodes", "seconds", "solutions")


@dataclass(frozen=True)
class Weights:
    """What a change costs and what makes one believable, in hundredths of an ordinary slip.

    `reasons` holds the Chinese reason of every figure by its path ("change.typed_total").
    """

    change: Mapping[str, int]
    credit: Mapping[str, int]
    slip: Mapping[str, int]
    rival_margin: int
    effort: Effort
    reasons: Mapping[str, str]


def read_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """The weights of a file. Raises BrokenDefinition naming file and line."""
    root = read_strict(path)
    top = root.fields()
    reasons: dict[str, str] = {}

    def group(name: str, keys: tuple[str, ...]) -> dict[str, int]:
        fields = top.take(name).fields()
        found = {key: _weight(fields.take(key), f"{name}.{key}", reasons) for key in keys}
        fields.done()
        return found

    change, credit = group("change", _CHANGE), group("credit", _CREDIT)
    slip = group("slip", ("shifted", "totals_not_filled"))
    margin = _weight(top.take("rival_margin"), "rival_margin", reasons)
    effort = group("effort", _EFFORT)
    top.done()
    least = min(change["ordinary"], change["typed_total"])
    most = change["ordinary"] + change["backed_by_last_year"] + change["backed_by_prose"]
    if min(*change.values(), margin) < 0 or least < 1:
        root.broken("a change never costs less than nothing")
    if 2 * least <= most + margin:
        root.broken("two slips must weigh more than one and the margin")
    return Weights(
        change,
        credit,
        slip,
        margin,
        Effort(effort["nodes"], effort["seconds"], effort["solutions"]),
        reasons,
    )


def _weight(entry: Entry, path: str, reasons: dict[str, str]) -> int:
    fields = entry.fields()
    value = fields.take("value").whole()
    reasons[path] = fields.take("why").text()
    fields.done()
    if not reasons[path].strip():
        entry.broken("every weight has its reason")
    return value


@lru_cache(maxsize=1)
def standard_weights() -> Weights:
    """The weights that the program ships with."""
    return read_weights()
