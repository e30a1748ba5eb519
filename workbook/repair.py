"""Repair: what can be read of a damaged form, moved into a fresh one; what cannot is listed, never guessed.

The original is not touched. Figures go by their ids, so that a form of the wrong edition moves as well;
totals become formulas again wherever they say what their parts say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from workbook.carryover import cover_values, explanation_values, unused_sheets
from workbook.files.amend import Amendment, amended
from workbook.files.archive import Archive
from workbook.files.grid import Grid
from workbook.files.limits import DEFAULT
from workbook.files.scan import read_grid
from workbook.form.anchors import SUMMARY, TEXT_SIZES
from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.editionfile import edition_for_year
from workbook.form.filing import Fact, Filing, Remark
from workbook.form.headings import HeadingFit, fit_heading
from workbook.form.labels import legible
from workbook.form.lastyear import read_last_year
from workbook.form.reader import read_filing
from workbook.form.values import Oddity, figure, read_number
from workbook.problems import UnusableInput
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.repaired import Leftover, Repaired
from workbook.review import Review
from workbook.rules.findings import Change
from workbook.rules.rulebook import RuleBook
from workbook.rules.wording import place_words
from workbook.template.build import build_book
from workbook.template.lastyear import handed_out


def repair_review(review: Review, rulebook: RuleBook, changes: tuple[Change, ...] = ()) -> Repaired:
    """A fresh form of the edition for the report's year with everything readable in it.

    `changes` are corrections to be made on the way. Raises UnusableInput where there is no workbook.
    """
    old, grid = review.result.filing, review.grid
    if grid is None:
        raise UnusableInput(f"{review.path.name}：这是数据文件，没有表可修复；填表请用“填表”（fill）。")
    edition = (edition_for_year(old.year) if old.year is not None else None) or old.edition
    moving = _Moving(old, edition, changes)
    sections, sections_left = _texts_moved(old)
    new = Filing(
        organ=old.organ,
        year=old.year,
        edition_id=edition.id,
        scope=old.scope,
        facts=moving.facts,
        sections=sections,
        declared_zero=old.declared_zero,
        identity=old.identity,
        source=old.source,
    )
    sentences = live_sentences(edition, load_sentences())
    last = read_last_year(grid)
    data = build_book(
        edition, rulebook, filing=new, sentences=sentences, handed=handed_out(last) if last else None
    )
    fresh = read_grid(data, name=grid.source)
    cover, cover_left = cover_values(old, grid, fresh)
    said, said_left = explanation_values(grid, fresh, edition, rulebook)
    amendment = Amendment(values=(*cover, *said.values), remove_own=False, fit=TEXT_SIZES)
    with Archive.open(data, name=grid.source) as archive:
        data, _ = amended(archive, amendment)
    left = [
        *moving.left,
        *sections_left,
        *_lost_lines(old),
        *(Leftover(where, what) for where, what in (*cover_left, *said_left, *_elsewhere(old, grid))),
        *_not_arrived(moving.facts, read_filing(read_grid(data, name=grid.source))),
    ]
    return Repaired(
        data=data,
        edition=edition,
        figures=sum(1 for fact in moving.facts.values() if fact.value is not None) + moving.restored_values,
        sections=len(new.sections),
        explanations=said.count,
        restored=moving.restored,
        changes=changes,
        kept=(*moving.kept, *_headings_mended(old)),
        left=tuple(left),
    )


class _Moving:
    """The figures on their way: what the new form is given, what becomes a formula, what stays behind."""

    def __init__(self, old: Filing, edition: Edition, changes: tuple[Change, ...]) -> None:
        self._old, self._edition = old, edition
        self._changed = {change.cell: change.after for change in changes}
        self.facts: dict[CellId, Fact] = {}
        self.kept: list[Leftover] = []
        self.left: list[Leftover] = []
        self.restored = 0  # totals that were no formulas
        self.restored_values = 0  # totals that are formulas now and have a value
        altered = {item.place for item in old.observations if item.remark is Remark.FORMULA_CHANGED}
        self._altered = {cell for cell, fact in old.facts.items() if fact.place and fact.place in altered}
        self._typed_totals = old.identity is not None and old.identity.typed_totals
        for cell in old.edition.cells:
            if cell in edition.cell_set:
                self._move(cell)
            else:
                self._leave(cell)

    def _value(self, cell: CellId) -> Decimal | None:
        return self._changed.get(cell, self._old.value(cell))

    def _move(self, cell: CellId) -> None:
        fact = self._old.facts.get(cell)
        if cell in self._changed:
            value = self._changed[cell]
            fact = Fact(cell, value, value, Oddity.NONE, fact.place if fact else None)
        if fact is None or self._old.missing_tables.get(cell.table):
            return  # the whole table is not there, which is said once
        if cell in self._edition.totals and self._as_formula(cell, fact):
            return
        match fact.oddity:
            case Oddity.BLANK:
                if cell in self._edition.totals:  # typed totals, one of them blank: it stays blank
                    self.facts[cell] = Fact(cell, None, "", Oddity.BLANK)
            case Oddity.DATE:
                self._left(cell, f"成了日期“{_raw(fact)}”，原数已丢失，新表中空着")
            case Oddity.ERROR:
                self._left(cell, f"显示{_raw(fact)}，没有数，新表中空着")
            case Oddity.UNCALCULATED if fact.value is None:
                self._left(cell, "公式没有算过，没有数，新表中空着")
            case Oddity.PLACEHOLDER | Oddity.NOT_A_NUMBER:
                self._kept(cell, f"填的是“{_raw(fact)}”，读不出数，照原样搬入")
                self.facts[cell] = fact
            case Oddity.AS_TEXT:
                self.facts[cell] = self._from_text(cell, fact)
            case _:
                self.facts[cell] = Fact(cell, fact.value, fact.value, Oddity.NONE)

    def _as_formula(self, cell: CellId, fact: Fact) -> bool:
        """Whether a total may be left to its formula: it was one, says the same, or holds nothing to keep."""
        parts = [self._value(part) for part in self._edition.totals[cell]]
        total = None if None in parts else sum((part for part in parts if part is not None), Decimal(0))
        lost = fact.value is None and fact.oddity in (Oddity.BLANK, Oddity.ERROR, Oddity.UNCALCULATED)
        if fact.formula is None and (self._typed_totals or not lost):
            if self._typed_totals or fact.value is None or fact.value != total:
                self._differing(cell, fact, total, "照原数搬入，没有恢复公式")
                return False
        elif fact.value is not None and fact.value != total:
            self._differing(cell, fact, total, "新表恢复公式，按分项计算")
        self.restored += fact.formula is None or lost or cell in self._altered
        self.restored_values += total is not None
        return True

    def _differing(self, cell: CellId, fact: Fact, total: Decimal | None, what: str) -> None:
        if fact.value is not None and total is not None and fact.value != total:
            self._kept(cell, f"是{figure(fact.value)}，与分项之和{figure(total)}不同，{what}")

    def _from_text(self, cell: CellId, fact: Fact) -> Fact:
        """A number that was stored as text becomes one; a unit stays, it may be the wrong one (元, 万元)."""
        digits = read_number(str(fact.raw).strip())
        if digits is not None and digits == fact.value:
            return Fact(cell, digits, digits, Oddity.NONE)
        if fact.value is not None and self._edition.kind(cell) is not ValueKind.AMOUNT:
            bare = figure(fact.value)
            self._kept(cell, f"填的是“{_raw(fact)}”，按{bare}搬入")
            return Fact(cell, fact.value, fact.value, Oddity.NONE)
        self._kept(cell, f"填的是“{_raw(fact)}”，带有单位或分隔符，照原样搬入")
        return fact

    def _leave(self, cell: CellId) -> None:
        fact = self._old.facts.get(cell)
        if fact is not None and (fact.value or (fact.value is None and fact.oddity is not Oddity.BLANK)):
            said = figure(fact.value) if fact.value is not None else _raw(fact)
            self._left(cell, f"填{said}，{self._edition.id}年版没有这一格")

    def _left(self, cell: CellId, what: str) -> None:
        self.left.append(
            Leftover(_where(self._old, cell), f"{place_words(self._old.edition, cell)}{what}", cell)
        )

    def _kept(self, cell: CellId, what: str) -> None:
        self.kept.append(
            Leftover(_where(self._old, cell), f"{place_words(self._old.edition, cell)}{what}", cell)
        )


def _where(filing: Filing, cell: CellId) -> str:
    return str(filing.place(cell) or "")


def _raw(fact: Fact) -> str:
    return figure(fact.raw) if isinstance(fact.raw, Decimal) else legible(str(fact.raw or ""), 60)


def _texts_moved(old: Filing) -> tuple[dict[str, str], list[Leftover]]:
    """The sections' texts, and what is left of one that goes on beyond any report."""
    moved: dict[str, str] = {}
    left: list[Leftover] = []
    for key, text in old.sections.items():
        lines = (text or "").split("\n")
        if text:
            moved[key] = "\n".join(lines[: DEFAULT.paragraphs])
        if len(lines) > DEFAULT.paragraphs:
            heading = legible(old.headings.get(key, key), 60)
            what = f"“{heading}”有{len(lines)}段，只搬入前{DEFAULT.paragraphs}段"
            left.append(Leftover(str(old.landmarks.get(f"heading.{key}", "")), what))
    return moved, left


def _headings_mended(old: Filing) -> Iterator[Leftover]:
    for section in old.edition.sections:
        found = old.headings.get(section.id)
        if found is not None and fit_heading(section, found) is not HeadingFit.STANDARD:
            where = str(old.landmarks.get(f"heading.{section.id}", ""))
            yield Leftover(where, f"标题“{legible(found, 60)}”改用表式规定的“{section.heading}”")


def _lost_lines(old: Filing) -> Iterator[Leftover]:
    """Rows and columns that were not found, and what stands in the form beside its own lines."""
    for table, instead in old.missing_tables.items():
        what = f"{old.edition.by_id[table].label}：原件中{instead or '整张表没有填写'}，新表中空着"
        yield Leftover(str(old.landmarks.get(f"table.{table}", "")), what)
    for item in old.observations:
        where, label = str(item.place or ""), _label(old, item.table)
        found, expected = legible(item.found, 60), legible(item.expected, 60)
        match item.remark:
            case Remark.LINE_MISSING:
                yield Leftover(where, f"{label}：原件没有“{expected}”，新表中该处空着")
            case Remark.LINE_ADDED:
                yield Leftover(where, f"{label}：多出的“{found}”及其数字没有搬入")
            case Remark.TABLE_TWICE | Remark.OTHER_EDITION:
                yield Leftover(where, f"{label}：另一张在“{found}”，没有搬入")
            case Remark.MERGED:
                yield Leftover(where, f"{label}：{found}合并成一格，只有一个数，其余各格空着")
            case Remark.IDENTITY_BROKEN:
                yield Leftover(where, "隐藏的下发标识已损坏，新表没有标识")
            case _:
                pass


def _label(filing: Filing, table: str) -> str:
    known = filing.edition.by_id.get(table)
    return known.label if known else ""


def _elsewhere(old: Filing, grid: Grid) -> Iterator[tuple[str, str]]:
    """Sheets whose content belongs nowhere in the form, pictures, and a narrative (to be made anew)."""
    used = {fact.place.sheet for fact in old.facts.values() if fact.place}
    used |= {place.sheet for name, place in old.landmarks.items() if name != "title"}
    used |= {
        item.found for item in old.observations if item.remark in (Remark.TABLE_TWICE, Remark.OTHER_EDITION)
    }
    for sheet in unused_sheets(grid, used):
        yield legible(sheet.name), f"这一页不属于表式，{len(sheet.cells)}格内容没有搬入"
    for sheet in grid.sheets:
        if sheet.pictures:
            yield legible(sheet.name), f"有{sheet.pictures}张图片，没有搬入"
    summary = grid.sheet(SUMMARY)
    typed = [cell for cell in summary.cells.values() if cell.formula is None] if summary else []
    if len(typed) > len([cell for cell in typed if cell.text.startswith(("综述", "实时综述"))]):
        yield SUMMARY, "综述的文字没有搬入，请在新表上重新生成"


def _not_arrived(given: Mapping[CellId, Fact], arrived: Filing) -> Iterator[Leftover]:
    """The proof: the new form is read like any other, and every figure must be there."""
    for cell, fact in given.items():
        if fact.value is not None and arrived.value(cell) != fact.value:
            yield Leftover(
                _where(arrived, cell),
                f"{place_words(arrived.edition, cell)}的{figure(fact.value)}没有搬成，请手工填写",
                cell,
            )
