"""The rules' cases as a clerk writes them: one YAML a rule, read into filings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from workbook.form.anchors import TEMPLATE_VERSIONS
from workbook.form.checkcode import check_code
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.form.facts import filing_from_document
from workbook.form.filing import Fact, Filing, Identity, Observation, Place, Proof, Remark
from workbook.form.values import Oddity

CASE_FOLDER = Path(__file__).parent / "cases"
_DEFAULT_YEAR = {"2019": 2019, "2021": 2022}
_CASE_KEYS = {"name", "previous", "published", "expect", "at", "severity", "says", "why", "required"}
_FILING_KEYS = {
    *("edition", "year", "organ", "level", "scope", "may_make_rules", "temporary", "zero", "declared_zero"),
    *("facts", "sections", "headings", "source", "form"),
}
_FORM_KEYS = {
    *("read", "dates", "errors", "formulas", "uncalculated", "stale", "totals_are_formulas", "written"),
    "not_evaluated",
    *("observations", "identity", "missing", "uncertain", "year_typed", "title", "signed"),
}


class _Loader(yaml.SafeLoader):
    """Numbers, true/false and null; everything else is text as written. No key may stand twice."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag.endswith((":int", ":float", ":null"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _word, _truth in (("true", True), ("false", False)):
    _Loader.yaml_implicit_resolvers.setdefault(_word[0], []).append(
        ("tag:yaml.org,2002:bool", re.compile(f"^{_word}$"))
    )


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value]
    twice = [key for key in keys if keys.count(key) > 1]
    assert not twice, f"{node.start_mark}: {twice[0]} stands twice"
    return dict(loader.construct_pairs(node, deep=True))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(node.value))


@dataclass(frozen=True)
class Case:
    """One case: a filing, last year's beside it, and what the rule should say."""

    rule: str
    name: str
    given: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.rule} {self.name}"

    @property
    def filing(self) -> Filing:
        """The report of the case."""
        return _filing(self.given, self.name)

    @property
    def required(self) -> tuple[CellId, ...]:
        """The figures that a local notice wants in section 一."""
        return tuple(CellId.parse(text) for text in self.given.get("required", ()))

    @property
    def previous(self) -> Filing | None:
        """Last year's report, None where the case gives none."""
        given = self.given.get("previous")
        if given is None:
            return None
        year = self.filing.year
        assert year is not None
        if given == "same":
            return replace(self.filing, year=year - 1)
        edition = self.given.get("edition", "2021")
        return _filing({"edition": edition, "year": year - 1, **given}, f"{self.name}（上年）")

    @property
    def published(self) -> Filing | None:
        """What was published: the report itself with the case's changes, None where the case gives none."""
        changes = self.given.get("published")
        if changes is None:
            return None
        given = {key: value for key, value in self.given.items() if key in _FILING_KEYS - {"form"}}
        for key, value in ({} if changes == "same" else changes).items():
            given[key] = given.get(key, {}) | value if key in ("facts", "sections") else value
        return _filing(given, f"{self.name}（公开页）")


def read_cases(path: Path) -> list[Case]:
    """The cases of one file."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    assert document.keys() == {"rule", "cases"}, f"{path.name}: only rule and cases"
    for given in document["cases"]:
        unknown = given.keys() - _CASE_KEYS - _FILING_KEYS
        assert not unknown, f"{path.name}: {given.get('name')}: unknown {sorted(unknown)}"
    return [Case(document["rule"], given["name"], given) for given in document["cases"]]


def all_cases() -> list[Case]:
    """Every case there is, in the order of the codes."""
    return [case for path in sorted(CASE_FOLDER.glob("*.yaml")) for case in read_cases(path)]


def _filing(given: Mapping[str, Any], source: str) -> Filing:
    edition = edition_by_id(given.get("edition", "2021"))
    assert edition is not None, f"{source}: no such edition"
    facts: dict[str, Any] = {str(cell): 0 for cell in edition.cells} if given.get("zero") else {}
    facts |= given.get("facts") or {}
    document: dict[str, Any] = {
        "organ": {
            "name": given.get("organ"),
            "level": given.get("level"),
            "may_make_rules": given.get("may_make_rules"),
            "temporary": given.get("temporary"),
        },
        "year": given.get("year", _DEFAULT_YEAR[edition.id]),
        "edition": edition.id,
        "scope": given.get("scope"),
        "declared_zero": given.get("declared_zero", False),
        "facts": facts,
        "sections": {key: _text(value) for key, value in (given.get("sections") or {}).items()},
    }
    if "headings" in given:
        document["headings"] = _headings(given["headings"], edition)
    filing = filing_from_document(document, given.get("source", ""))
    return _formed(filing, given.get("form") or {})


def _text(value: Any) -> str:
    return value["text"] * value["times"] if isinstance(value, dict) else value


def _headings(changed: Mapping[str, Any], edition: Edition) -> dict[str, str]:
    """The form's own headings with the case's changes."""
    standard = {section.id: section.heading for section in edition.sections}
    order = changed.get("order", list(standard))
    texts = standard | {key: text for key, text in changed.items() if key != "order"}
    return {key: texts[key] for key in order if texts[key] is not None}


def _formed(filing: Filing, form: Mapping[str, Any]) -> Filing:
    """What figures alone cannot say: dates, errors, formulas, the state of the form."""
    unknown = form.keys() - _FORM_KEYS
    assert not unknown, f"unknown {sorted(unknown)}"
    facts = dict(filing.facts)
    if form.get("read"):
        facts = {cell: replace(fact, place=Place("表", "A1")) for cell, fact in facts.items()}

    def put(text: str, **fields: Any) -> None:
        cell = CellId.parse(text)
        assert cell in filing.edition.cell_set, f"no cell {text}"
        facts[cell] = Fact(cell, **fields)

    for cell, shown in (form.get("dates") or {}).items():
        put(cell, value=None, raw=shown, oddity=Oddity.DATE)
    for cell, shown in (form.get("errors") or {}).items():
        put(cell, value=None, raw=shown, oddity=Oddity.ERROR)
    for cell, value in (form.get("formulas") or {}).items():
        put(cell, value=Decimal(value), raw=Decimal(value), formula="SUM(A1:A2)")
    for cell, value in (form.get("uncalculated") or {}).items():
        known = None if value is None else Decimal(value)
        put(cell, value=known, raw=None, oddity=Oddity.UNCALCULATED, formula="SUM(A1:A2)")
    for cell, (stored, right) in (form.get("stale") or {}).items():
        fields = {"value": Decimal(right), "raw": Decimal(stored), "formula": "SUM(A1:A2)"}
        put(cell, **fields, oddity=Oddity.STALE)
    for cell, (stored, formula) in (form.get("not_evaluated") or {}).items():
        fields = {"value": Decimal(stored), "raw": Decimal(stored), "formula": formula}
        put(cell, **fields, evaluated=False)
    for cell, (stored, formula) in (form.get("written") or {}).items():
        put(cell, value=Decimal(stored), raw=Decimal(stored), formula=formula)
    if form.get("totals_are_formulas"):
        for total in filing.edition.totals:
            facts[total] = replace(facts[total], formula="SUM(A1:A2)")
    observations = []
    for number, item in enumerate(form.get("observations") or (), start=1):
        place = None
        if "at" in item:  # said of one figure: it and the observation stand at the same place
            place = Place("表", f"B{number}")
            cell = CellId.parse(item["at"])
            facts[cell] = replace(facts[cell], place=place)
        words = item.get("found", ""), item.get("expected", "")
        observations.append(Observation(Remark(item["remark"]), item["table"], *words, place))
    signed = form.get("signed")
    return replace(
        filing,
        check_code=check_code(filing) if signed == "now" else signed,
        facts=facts,
        missing_tables={**filing.missing_tables, **(form.get("missing") or {})},
        uncertain={
            cell: "读不准"
            for table in form.get("uncertain") or ()
            for cell in filing.edition.by_id[table].cells
        },
        observations=tuple(observations),
        identity=_identity(form["identity"]) if "identity" in form else None,
        year_typed=form.get("year_typed"),
        title=form.get("title"),
    )


def _identity(given: dict[str, Any]) -> Identity:
    """An identity of today's form unless a case says another version; `proof` as the campaign says it."""
    proof = Proof(given["proof"]) if "proof" in given else None
    return Identity(**{"version": TEMPLATE_VERSIONS[-1], **given, "proof": proof})
