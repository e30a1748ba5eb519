"""Filings to and from JSON: the shape other systems send and receive (facts in, facts out)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbook.files.limits import DEFAULT
from workbook.files.textfile import read_json, read_text_file
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions, edition_by_id, edition_for_year
from workbook.form.filing import LEVELS, SCOPES, Fact, Filing, Organ, blank_tables
from workbook.form.labels import legible
from workbook.form.values import Oddity, read_number, read_text
from workbook.problems import UnusableInput


def read_facts(path: Path) -> Filing:
    """A filing from a facts file (.json, or .csv with the columns id and value).

    Raises UnusableInput with one Chinese line for anything that is not of the shape.
    """
    if path.suffix.lower() == ".csv":
        return filing_from_document(_csv_document(read_text_file(path), path.name), path.name)
    return filing_from_document(read_json(path), path.name)


def _csv_document(text: str, name: str) -> dict[str, Any]:
    """Rows `id,value`; organ, level, scope, year and edition are rows too."""
    facts: dict[str, Any] = {}
    top: dict[str, Any] = {"facts": facts}
    seen: set[str] = set()
    for number, row in enumerate(_csv_rows(text, name), start=1):
        if not row or (number == 1 and row[0].strip().lower() == "id"):
            continue
        if len(row) < 2:
            raise UnusableInput(f"{name}：第{number}行应有“编号,数值”两列。")
        key, value = row[0].strip(), row[1].strip()
        if key in seen:
            raise UnusableInput(f"{name}：第{number}行的“{key[:40]}”前面已经有了。")
        seen.add(key)
        if key in {"organ", "level"}:
            top.setdefault("organ", {})["name" if key == "organ" else "level"] = value
        elif key in {"year", "scope", "edition"}:
            top[key] = int(value) if key == "year" and value.isdecimal() and len(value) < 9 else value
        else:
            exact = read_number(value)
            facts[key] = None if value == "" else exact if exact is not None and "," not in value else value
    return top


def _csv_rows(text: str, name: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise UnusableInput(f"{name}：不是有效的CSV（有一格太长，或引号不成对）。") from error


def filing_from_document(document: object, source: str) -> Filing:
    """A filing from the parsed JSON. A missing id stays blank; a table without any id is missing.

    Raises UnusableInput.
    """
    if not isinstance(document, dict):
        raise UnusableInput(f"{source}：最外层应是一个对象。")
    year = document.get("year")
    if year is not None and (not isinstance(year, int) or not 2008 <= year <= 2100):
        raise UnusableInput(f"{source}：年度“{legible(str(year), 40)}”不是有效的年份。")
    edition = _edition(document.get("edition"), year, source)
    scope = document.get("scope")
    if scope is not None and (not isinstance(scope, str) or scope not in SCOPES):
        raise UnusableInput(f"{source}：口径“{legible(str(scope), 40)}”应为 own 或 consolidated。")
    given = document.get("facts") or {}
    if not isinstance(given, dict):
        raise UnusableInput(f"{source}：facts 应是一个对象。")
    facts = _facts(given, edition, source)
    declared = bool(document.get("declared_zero", False))
    missing = dict.fromkeys(blank_tables(edition, facts, declared), "")
    return Filing(
        organ=_organ(document.get("organ"), source),
        year=year,
        edition_id=edition.id,
        scope=scope,
        facts=facts,
        sections=_texts(document, "sections", source),
        headings={key: value for key, value in _texts(document, "headings", source).items() if value},
        declared_zero=declared,
        missing_tables=missing,
        source=source,
        words_read="headings" in document,
    )


def _edition(edition_id: object, year: int | None, source: str) -> Edition:
    if edition_id is not None:
        edition = edition_by_id(str(edition_id))
        if edition is None:
            known = "、".join(item.id for item in all_editions())
            raise UnusableInput(f"{source}：没有“{legible(str(edition_id), 40)}”这个版式，现有：{known}。")
        return edition
    edition = edition_for_year(year) if year is not None else None
    if edition is None:
        raise UnusableInput(f"{source}：没有写明版式（edition），年度也不能确定版式。")
    return edition


def _organ(given: object, source: str) -> Organ:
    if given is None:
        return Organ(None)
    if not isinstance(given, dict):
        raise UnusableInput(f"{source}：organ 应是一个对象。")
    level = given.get("level")
    if level is not None and (not isinstance(level, str) or level not in LEVELS):
        raise UnusableInput(f"{source}：单位级别“{legible(str(level), 40)}”不在 {'、'.join(LEVELS)} 之内。")
    for key in ("may_make_rules", "temporary"):
        if given.get(key) not in (True, False, None):
            raise UnusableInput(f"{source}：{key} 应为 true、false 或 null。")
    name = given.get("name")
    return Organ(str(name) if name else None, level, given.get("may_make_rules"), given.get("temporary"))


def _facts(given: Mapping[str, Any], edition: Edition, source: str) -> dict[CellId, Fact]:
    facts = {cell: Fact(cell, None, None, Oddity.BLANK) for cell in edition.cells}
    for key, raw in given.items():
        try:
            cell = CellId.parse(key)
        except ValueError:
            cell = None
        if cell not in facts or cell is None:
            raise UnusableInput(f"{source}：{edition.id}年版没有“{legible(str(key), 40)}”这一格。")
        facts[cell] = _fact(cell, raw, source)
    return facts


def _fact(cell: CellId, raw: object, source: str) -> Fact:
    if raw is None:
        return Fact(cell, None, "", Oddity.BLANK)  # said to be blank, not left unsaid
    if isinstance(raw, float):
        raw = Decimal(repr(raw))  # a document that `json` read without our settings
    finite = not isinstance(raw, Decimal) or raw.is_finite()
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str) or not finite:
        raise UnusableInput(f"{source}：“{cell}”的值应是数、文字或null。")
    if isinstance(raw, str):
        value, oddity = read_text(raw)
        return Fact(cell, value, raw, oddity)
    value = read_number(str(raw))
    if value is None:  # beyond any office's size: kept as written, never spelt out
        return Fact(cell, None, str(raw), Oddity.NOT_A_NUMBER)
    return Fact(cell, value, Decimal(raw), Oddity.NONE)


def _texts(document: Mapping[str, Any], key: str, source: str) -> dict[str, str | None]:
    given = document.get(key) or {}
    if not isinstance(given, dict) or not all(v is None or isinstance(v, str) for v in given.values()):
        raise UnusableInput(f"{source}：{key} 应是文字的对象。")
    for name, text in given.items():
        if (text or "").count("\n") >= DEFAULT.paragraphs:
            what = f"{key} 的“{legible(str(name), 40)}”超过{DEFAULT.paragraphs}段"
            raise UnusableInput(f"{source}：{what}，不像一份年报，请核对。")
    return dict(given)


def facts_document(filing: Filing) -> dict[str, Any]:
    """Facts out: the same shape as facts in, with headings, places and what is uncertain."""
    return {
        "organ": {
            "name": filing.organ.name,
            "level": filing.organ.level,
            "may_make_rules": filing.organ.rule_power,
        },
        "year": filing.year,
        "edition": filing.edition_id if filing.edition_known else None,
        "scope": filing.scope,
        "declared_zero": filing.declared_zero,
        "facts": {str(cell): raw_json(fact) for cell, fact in filing.facts.items()},
        "sections": dict(filing.sections),
        "headings": dict(filing.headings),
        "places": {str(cell): str(fact.place) for cell, fact in filing.facts.items() if fact.place},
        "uncertain": [{"concept": str(cell), "why": why} for cell, why in filing.uncertain.items()],
        "missing_tables": dict(filing.missing_tables),
    }


def raw_json(fact: Fact) -> int | float | str | None:
    """A figure as read: a number where it is one (int where whole), else the raw text, null for a blank."""
    if fact.oddity in (Oddity.NONE, Oddity.STALE, Oddity.UNCALCULATED) and fact.value is not None:
        return number_json(fact.value)
    if isinstance(fact.raw, Decimal):
        return number_json(fact.raw)
    return fact.raw if fact.raw != "" else None


def number_json(value: Decimal) -> int | float:
    """A Decimal as JSON writes it: whole numbers without a point."""
    return int(value) if value == value.to_integral_value() else float(value)
