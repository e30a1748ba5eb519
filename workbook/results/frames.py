"""What every table of the results has in common: columns as given, numbers as a reader writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd


def frame(rows: list[dict[str, Any]], columns: list[str] | None = None) -> pd.DataFrame:
    """Columns keep what was put in: a column of whole numbers with gaps is not turned into fractions."""
    return pd.DataFrame(rows, columns=columns, dtype=object)


def plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
