"""A simulated city: 600 units on three levels over two years, with seeded mistakes whose findings are known.

Returned workbooks are made from the handed-out ones as a spreadsheet program would save them: figures and
words typed in, totals recalculated. Nothing here asks the checker what it thinks.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from xml.sax.saxutils import escape

from workbook.campaign.records import Unit
from workbook.files.grid import Position
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book
from workbook.template.tables import Layout, lay_out

Figures = dict[CellId, Decimal | str]
COUNTIES, DEPARTMENTS, COUNTY_DEPARTMENTS, TOWNSHIPS = 10, 60, 25, 26


def form() -> Edition:
    edition = edition_by_id("2021")
    assert edition is not None
    return edition


def cell(name: str) -> CellId:
    return CellId.parse(name)


def city_roster() -> tuple[Unit, ...]:
    """City, own office, departments; ten counties with office, departments and townships each."""
    units = [
        Unit("01", "某市人民政府", level="prefecture", kind="government", scope="consolidated"),
        Unit("0100", "某市人民政府办公室", level="office", parent="01", kind="own_office", rule_power=True),
    ]
    units += [
        Unit(f"01{n:02}", f"某市第{n}局", level="prefecture_department", parent="01")
        for n in range(1, DEPARTMENTS + 1)
    ]
    for c in range(1, COUNTIES + 1):
        code, name = f"{c + 10}", f"第{c}县"
        units.append(
            Unit(
                code, f"{name}人民政府", level="county", parent="01", kind="government", scope="consolidated"
            )
        )
        units.append(
            Unit(f"{code}00", f"{name}人民政府办公室", level="office", parent=code, kind="own_office",
                 rule_power=False)
        )  # fmt: skip
        units += [
            Unit(f"{code}{n:02}", f"{name}第{n}局", level="county_department", parent=code)
            for n in range(1, COUNTY_DEPARTMENTS + 1)
        ]
        units += [
            Unit(
                f"{code}{50 + n}", f"{name}第{n}镇人民政府", level="township", parent=code, kind="government"
            )
            for n in range(1, TOWNSHIPS + 1)
        ]
    return tuple(units)


def balanced(chance: random.Random, before: Mapping[CellId, Decimal | str] | None) -> Figures:
    """A plausible small report that satisfies every rule, continuing last year's."""
    edition = form()
    figures: Figures = {item: Decimal(0) for item in edition.cells if item not in edition.totals}
    for column in ("natural_person", "business"):
        at = f"[{column}]"
        brought = (
            before[cell(f"applications.carried_forward{at}")] if before else Decimal(chance.randrange(2))
        )
        assert isinstance(brought, Decimal)
        received = Decimal(chance.randrange(8, 20))
        carried = Decimal(chance.randrange(2))
        done = received + brought - carried
        granted = Decimal(chance.randrange(2, int(done) - 2))
        figures[cell(f"applications.brought_forward{at}")] = brought
        figures[cell(f"applications.received{at}")] = received
        figures[cell(f"applications.carried_forward{at}")] = carried
        figures[cell(f"applications.dispositions.granted{at}")] = granted
        figures[cell(f"applications.dispositions.unable_to_provide.not_held{at}")] = done - granted
    figures[cell("challenges.reconsideration[upheld]")] = Decimal(chance.randrange(3))
    figures[cell("proactive.licences[decisions]")] = Decimal(chance.randrange(20, 30))
    figures[cell("proactive.penalties[decisions]")] = Decimal(chance.randrange(20, 30))
    figures[cell("proactive.fees[amount]")] = Decimal(chance.randrange(100, 140)) / 10
    return figures


def totals_of(figures: Mapping[CellId, Decimal | str]) -> dict[CellId, Decimal]:
    """What the form's own formulas give: texts count as nothing, as SUM has it."""
    done: dict[CellId, Decimal] = {}
    for total, parts in form().totals.items():
        values = [done.get(part, figures.get(part, Decimal(0))) for part in parts]
        done[total] = sum((value for value in values if isinstance(value, Decimal)), Decimal(0))
    return done


def added(reports: list[Figures]) -> Figures:
    """A consolidated report: the sum of its parts."""
    return {
        item: sum((report[item] for report in reports), Decimal(0))  # type: ignore[misc]
        for item in form().cells
        if item not in form().totals
    }


# --- files ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _layout() -> Layout:
    return lay_out(form(), {})


@lru_cache(maxsize=1)
def _sheet_parts() -> dict[str, str]:
    """Sheet name → part, of every form alike."""
    edition = form()
    data = build_book(edition, load_rulebook(), sentences=live_sentences(edition, load_sentences()))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
    return {name: f"xl/worksheets/sheet{number}.xml" for number, name in enumerate(names, start=1)}


def filled(
    data: bytes,
    figures: Mapping[CellId, Decimal | str],
    words: Mapping[str, str],
    overwritten: Mapping[CellId, Decimal] | None = None,
    typed: Mapping[str, Mapping[Position, str]] | None = None,
) -> bytes:
    """A handed-out workbook with figures and words typed in and its totals recalculated.

    `overwritten` totals lose their formula; `typed` puts texts on other cells (labels, cover).
    """
    cells: dict[str, dict[str, str]] = {}
    layout = _layout()
    for item, value in {**figures, **totals_of(figures)}.items():
        sheet, box = layout.cells[item]
        new = f"<v>{value}</v>" if isinstance(value, Decimal) else _text(value)
        cells.setdefault(sheet, {})[str(box.corner)] = new
    for item, number in (overwritten or {}).items():
        sheet, box = layout.cells[item]
        cells.setdefault(sheet, {})[str(box.corner)] = f"!<v>{number}</v>"
    for section, text in words.items():
        place = layout.sections[section]
        if text:
            cells.setdefault(place.sheet, {})[str(place.area.corner)] = _text(text)
    for sheet, texts in (typed or {}).items():
        for position, text in texts.items():
            cells.setdefault(sheet, {})[str(position)] = f"!{_text(text)}"
    parts = {_sheet_parts()[sheet]: values for sheet, values in cells.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name in parts:
                content = _typed(content.decode("utf-8"), parts[name]).encode("utf-8")
            new.writestr(name, content)
    return out.getvalue()


_CELL = re.compile(
    r'<c r="([A-Z]+\d+)"( s="\d+")?(?: t="\w+")?(?:/>|>(<f>[^<]*</f>)?(?:<v>[^<]*</v>|<is>.*?</is>)?</c>)'
)


def _typed(sheet: str, values: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        address, style, formula = match.groups()
        new = values.get(address)
        if new is None:
            return match[0]
        keep = "" if new.startswith("!") else formula or ""
        new = new.removeprefix("!")
        kind = ' t="inlineStr"' if new.startswith("<is>") else ""
        return f'<c r="{address}"{style or ""}{kind}>{keep}{new}</c>' if new != "<v></v>" else match[0]

    return _CELL.sub(one, sheet)


def _text(text: str) -> str:
    return f"<is><t>{escape(text)}</t></is>"
