"""The words of 填报说明, from `guide.yaml`, with what depends on the form put in."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from workbook.form.edition import Edition, ValueKind
from workbook.form.strict import read_strict

GUIDE_FILE = Path(__file__).parent / "guide.yaml"

GuidePart = tuple[str, tuple[tuple[str, str], ...]]

_TOTALS = {
    True: "各“总计”由填报单位填写，本表只核对，不自动相加。",
    False: "各“总计”自动相加，不用填；有一格未填时，有关的总计先空着。",
}


def guide_parts(edition: Edition, typed_totals: bool) -> tuple[GuidePart, ...]:
    """Headings, each with its lines: a short name and what is to be known. Raises BrokenDefinition."""
    parts: list[GuidePart] = []
    for heading, lines in _read():
        said: list[tuple[str, str]] = []
        for name, text in lines:
            if text == "{units}":
                said.extend((name, unit) for unit in _units(edition))
            else:
                said.append((name, text.replace("{totals}", _TOTALS[typed_totals])))
        parts.append((heading, tuple(said)))
    return tuple(parts)


@lru_cache(maxsize=1)
def _read() -> tuple[GuidePart, ...]:
    parts: list[GuidePart] = []
    for entry in read_strict(GUIDE_FILE).items():
        fields = entry.fields()
        lines: list[tuple[str, str]] = []
        for item in fields.take("lines").items():
            line = item.fields()
            lines.append((line.take("name").text(), line.take("text").text()))
            line.done()
        parts.append((fields.take("heading").text(), tuple(lines)))
        fields.done()
    return tuple(parts)


def _units(edition: Edition) -> list[str]:
    """What to heed in columns that are signed or hold money, each wording once."""
    found: list[str] = []
    for table in edition.tables:
        for block in table.blocks:
            for column in block.column_leaves:
                unit = table.unit if column.unit is None else column.unit
                where = f"{table.label}“{block.rows[0].short}”的“{column.short}”"
                if column.kind is ValueKind.SIGNED:
                    found.append(f"{table.label}“{column.label}”减少的填负数，如-8。")
                elif column.kind is ValueKind.AMOUNT and unit:
                    small = "，最多6位小数；1元填0.0001" if unit == "万元" else ""
                    found.append(f"{where}的单位是{unit}{small}。")
                elif column.kind is ValueKind.AMOUNT:
                    found.append(f"{where}只填数字；表式没有规定单位，请在正文里写明。")
    return list(dict.fromkeys(found))
