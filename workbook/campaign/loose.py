"""Recheck of any folder, without a campaign: every file a row, results in a folder of their own beside it.

Nothing is written inside the folder itself: for `报来的表/` the results lie in `报来的表（核查结果）/`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.campaign.examine import Context
from workbook.campaign.folder import CampaignFolder, make_folder, only_writer
from workbook.campaign.intake import WORKBOOKS, walk
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.listbook import ListBook, ListColumn
from workbook.campaign.overview import finding_document
from workbook.campaign.recheck import take_in
from workbook.campaign.records import Fate, Receipt
from workbook.campaign.roster import Roster
from workbook.campaign.settle import settle
from workbook.files.atomic import replace_file
from workbook.form.filing import SCOPES
from workbook.form.labels import legible
from workbook.rules.version import rules_version

SUFFIX = "（核查结果）"
TABLE = "核查结果"
_UNSAFE = re.compile(r'[\\:*?"<>|\x00-\x1f]|(?<![^/])\.\.?(?=/)')
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    ("文件", 44), ("单位", 28), ("年度", 8), ("口径", 8), ("结果", 22), ("错误", 7), ("须说明", 8),
    ("提示", 7), ("未能判断", 9), ("说明", 60),
)  # fmt: skip


@dataclass(frozen=True)
class Loose:
    """What came of it: how many files, where the results are, a line a file that needs a look."""

    files: int
    out: Path
    errors: int
    lines: tuple[str, ...]
    document: list[dict[str, Any]]


def result_folder(path: Path) -> Path:
    """Where the results of a folder go: beside it, never inside."""
    path = path.resolve()
    return path.with_name(f"{path.name or '根目录'}{SUFFIX}")


def recheck_loose(
    path: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    hand: Hand | None = None,
) -> Loose:
    """Check every report below a folder. Raises UnusableInput, UnwritableOutput."""
    hand = hand or Hand.mine()
    out = CampaignFolder(result_folder(path))
    for folder in (out.returned, out.unpacked, out.staging):
        make_folder(folder)
    context = Context(Roster(()), None, "", None, (), rules_version(), "", out.last_year, out.staging)
    with only_writer(out), Ledger(out.ledger, create=True) as ledger:
        arrived = list(walk(path, path.resolve().name, out.unpacked))
        take_in(ledger, arrived, context, hand, workers, scheduler, progress)
        with ledger.transaction():
            settle(ledger, hand)
        receipts = [receipt for receipt in ledger.receipts() if receipt.present]
        _place_copies(out, receipts)
        document = [
            {
                "file": receipt.path,
                "fate": receipt.fate.value,
                "why": receipt.why,
                "organ": receipt.organ,
                "year": receipt.year,
                "edition": receipt.edition,
                "scope": receipt.scope,
                "checks": None
                if receipt.tally is None
                else {
                    "passed": receipt.tally.passed,
                    "failed": receipt.tally.failed,
                    "undecided": receipt.tally.undecided,
                },
                "findings": [finding_document(item) for item in ledger.findings(receipt.key)],
            }
            for receipt in receipts
        ]
    rows = [_row(receipt) for receipt in receipts if receipt.fate is not Fate.IGNORED]
    replace_file(out.path / f"{TABLE}.xlsx", _book(rows))
    replace_file(out.path / f"{TABLE}.csv", csv_bytes([[title for title, _ in _COLUMNS], *rows]))
    return Loose(
        files=len(receipts),
        out=out.path,
        errors=sum(1 for receipt in receipts if receipt.tally and receipt.tally.errors),
        lines=tuple(
            f"{legible(receipt.path)}：{legible(str(row[4]))}{'，' + legible(str(row[9])) if row[9] else ''}"
            for receipt, row in zip(
                [item for item in receipts if item.fate is not Fate.IGNORED], rows, strict=True
            )
        ),
        document=document,
    )


def _row(receipt: Receipt) -> list[object]:
    tally = receipt.tally
    if tally is None:
        result = receipt.fate.label
    elif tally.errors:
        result = "有错误"
    elif tally.explain:
        result = "须说明"
    else:
        result = "没有须改的"
    if receipt.fate is Fate.DUPLICATE:
        result = receipt.fate.label
    return [
        receipt.path,
        receipt.organ or "",
        receipt.year,
        SCOPES.get(receipt.scope or "", ""),
        result,
        *((tally.errors, tally.explain, tally.warnings, tally.undecided) if tally else (None,) * 4),
        receipt.why,
    ]


def _book(rows: list[list[object]]) -> bytes:
    target = io.BytesIO()
    lists = ListBook(target)
    lists.add_list(
        TABLE,
        TABLE,
        "每个收到的文件一行。带批注的副本在returned文件夹里，路径与原文件相同；原文件没有改动。",
        [
            ListColumn(title, width, text=number not in (2, 5, 6, 7, 8))
            for number, (title, width) in enumerate(_COLUMNS)
        ],
        rows,
    )
    lists.close()
    return target.getvalue()


def csv_bytes(rows: list[list[object]]) -> bytes:
    """Rows as CSV that Excel opens right, and in which no text of a unit's can become a formula."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerows([[_harmless(value) for value in row] for row in rows])
    return target.getvalue().encode("utf-8-sig")


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_SIGNS):
        return "'" + value
    return "" if value is None else value


def _place_copies(out: CampaignFolder, receipts: list[Receipt]) -> None:
    """Annotated copies under the paths of their originals; a zip becomes a folder."""
    for receipt in receipts:
        suffix = Path(receipt.path).suffix.lower()
        staged = out.staging / f"{receipt.sha256}{suffix}"
        if receipt.fate is Fate.CURRENT and suffix in WORKBOOKS and staged.is_file():
            parts = _UNSAFE.sub("_", receipt.path.replace("!", "/")).split("/")
            target = out.returned.joinpath(*parts[1:])
            make_folder(target.parent)
            replace_file(target, staged.read_bytes(), sync=False)
    for old in out.staging.iterdir():
        old.unlink(missing_ok=True)
