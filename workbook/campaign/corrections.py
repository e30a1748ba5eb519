"""What corrections after publication change: as published, and as it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

from workbook.campaign.documents import figures_of
from workbook.campaign.ledger import Ledger
from workbook.campaign.records import UnitState
from workbook.form.edition import CellId

# Cell → its figure as published and as it stands now, None where it is blank
Correction: TypeAlias = Mapping[CellId, tuple[Decimal | None, Decimal | None]]


def corrections(ledger: Ledger, states: Iterable[UnitState]) -> dict[str, Correction]:
    """Unit code → every figure that its correction changed; units without one are left out."""
    found: dict[str, Correction] = {}
    for item in states:
        code = item.unit.code
        before = ledger.meta(f"published.{code}")
        if before is None or item.receipt is None:
            continue
        old, new = ledger.filing(before), ledger.filing(item.receipt.key)
        if old is None or new is None:
            continue
        was, now = (figures_of("", code, filing).values for filing in (old, new))
        changed = {
            cell: (was.get(cell), now.get(cell))
            for cell in sorted({*was, *now})
            if was.get(cell) != now.get(cell)
        }
        if changed:
            found[code] = changed
    return found
