"""The sheet before a report that goes to be signed (审签单): check code, findings, lines to sign on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbook.form.boxes import Box
from workbook.form.filing import SCOPES, Filing
from workbook.published.grids import Grid, GridCell
from workbook.published.layout import TITLE, Heading, Paragraph, Part, clean

FRONT_TITLE = f"{TITLE}审签单"
SIGNATORIES = ("经办人", "审核人", "主要负责人")
_HELP = (
    "校验码由单位、年度、三张表的全部数字和各部分文字算出，与工作簿封面的“审签校验码”相同，所签的就是那份文件；"
    "数字或文字再有改动，校验码即不相符，须重新审签。"
)


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding as it stands on the sheet: its weight, its sentence, what the unit says of it."""

    severity: str
    message: str
    explanation: str = ""


def sign_off_front(filing: Filing, code: str, verdict: str, remarks: Sequence[Remark]) -> tuple[Part, ...]:
    """The sheet's parts; `verdict` is the check in a line, `remarks` its findings."""
    front: list[Part] = [_particulars(filing, code, verdict), Paragraph(_HELP)]
    if remarks:
        front += [Heading("核对发现及情况说明"), _findings(remarks)]
    return tuple(front)


def _particulars(filing: Filing, code: str, verdict: str) -> Grid:
    year = f"{filing.year}年" if filing.year is not None else ""
    rows: list[tuple[str, ...]] = [
        ("单位", clean(filing.organ.name or "")),
        ("报告年度", year, "口径", SCOPES.get(filing.scope or "", "")),
        ("校验码", code),
        ("核对结果", verdict),
        *((name, "", "日期", "") for name in SIGNATORIES),
    ]
    cells: list[GridCell] = []
    for number, row in enumerate(rows, start=1):
        signed = row[0] in SIGNATORIES
        for column, text in enumerate(row, start=1):
            right = column if len(row) == 4 or column == 1 else 4
            role = "row" if column % 2 else "sign" if signed else "text"
            cells.append(GridCell(Box(number, column, number, right), text, role, 12.0))
    return Grid("signoff", FRONT_TITLE, (28.0, 62.0, 22.0, 44.0), tuple(cells), row_height=30.0)


def _findings(remarks: Sequence[Remark]) -> Grid:
    titles = ("序号", "程度", "问题", "情况说明")
    cells = [GridCell(Box(1, n, 1, n), title, "header", 10.5) for n, title in enumerate(titles, start=1)]
    for number, remark in enumerate(remarks, start=1):
        texts = (str(number), remark.severity, clean(remark.message), clean(remark.explanation))
        cells += [
            GridCell(Box(number + 1, n, number + 1, n), text, "text", 10.5, left=n > 2)
            for n, text in enumerate(texts, start=1)
        ]
    rows = frozenset(range(1, len(remarks) + 2))
    return Grid("findings", "核对发现及情况说明", (12.0, 18.0, 76.0, 50.0), tuple(cells), head=1, breaks=rows)
