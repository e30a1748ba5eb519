"""Reports and units as the ledger and the package keep them: documents, packed, and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from workbook.campaign.records import Correction, Figures, Unit
from workbook.form.edition import CellId
from workbook.form.facts import facts_document, filing_from_document
from workbook.form.filing import Filing
from workbook.prose.similarity import COMPARED


def figures_of(receipt: str, unit: str, filing: Filing) -> Figures:
    """The readable figures of a stored report; an uncertain figure is none."""
    values = {
        cell: value
        for cell in filing.facts
        if cell not in filing.uncertain and cell.table not in filing.missing_tables
        if (value := filing.value(cell)) is not None
    }
    words = {section: text for section in COMPARED if (text := filing.sections.get(section))}
    return Figures(receipt, unit, filing.edition_id, filing.scope, filing.year, values, words)


def filing_document(filing: Filing) -> dict[str, Any]:
    """A report as it is stored: figures, words and doubts, without the places in its file."""
    document = facts_document(filing)
    del document["places"]
    document["organ"]["temporary"] = filing.organ.temporary
    document["source"] = filing.source
    return document


def pack_document(document: Mapping[str, Any]) -> bytes:
    """A report's document as the ledger keeps it."""
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), 6)


def unpack_document(packed: bytes) -> dict[str, Any]:
    """The document again; figures exactly as they were written."""
    found: dict[str, Any] = json.loads(zlib.decompress(packed), parse_float=Decimal)
    return found


def stored_filing(packed: bytes) -> Filing:
    """A stored report as a filing; what was uncertain when it was read stays so."""
    return filing_of_document(unpack_document(packed))


def filing_of_document(document: Mapping[str, Any]) -> Filing:
    """The same from its document, figures as Decimals."""
    filing = filing_from_document(document, str(document.get("source", "")))
    uncertain = {CellId.parse(item["concept"]): item["why"] for item in document.get("uncertain", ())}
    return replace(filing, uncertain=uncertain)


def unit_document(unit: Unit) -> dict[str, Any]:
    """A unit as the ledger and the package keep it."""
    return {
        "code": unit.code, "name": unit.name, "aliases": list(unit.aliases), "level": unit.level,
        "parent": unit.parent, "kind": unit.kind, "scope": unit.scope, "contact": unit.contact,
        "telephone": unit.telephone, "rule_power": unit.rule_power, "vertical": unit.vertical,
        "temporary": unit.temporary, "predecessors": list(unit.predecessors),
        "corrections": [[str(item.cell), str(item.value), item.reason] for item in unit.corrections],
        "order": unit.order,
    }  # fmt: skip


def unit_from_document(document: Mapping[str, Any]) -> Unit:
    """The unit again."""
    corrections = tuple(
        Correction(CellId.parse(cell), Decimal(value), reason)
        for cell, value, reason in document["corrections"]
    )
    lists = {key: tuple(document[key]) for key in ("aliases", "predecessors")}
    return Unit(**{**document, **lists, "corrections": corrections})
