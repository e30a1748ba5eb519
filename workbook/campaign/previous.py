"""Last year: from last year's campaign, or from a folder of last year's workbooks or published reports.

What could not be read with certainty is never guessed: it is listed in 上年数核对.xlsx, where the officer may
write the right figure beside it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from workbook.campaign.documents import stored_filing
from workbook.campaign.examine import Context
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.intake import walk
from workbook.campaign.lastyear import LastYear
from workbook.campaign.ledger import Ledger
from workbook.campaign.listbook import ListBook, ListColumn
from workbook.campaign.matching import Matcher
from workbook.campaign.pool import examine_all
from workbook.campaign.records import Fate, Unit
from workbook.campaign.roster import Roster, correction_places, correction_words
from workbook.campaign.sheettable import Mistakes, list_rows, quote
from workbook.files.atomic import replace_file
from workbook.files.scan import read_grid
from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions
from workbook.form.filing import Filing
from workbook.form.labels import plain
from workbook.form.values import read_number
from workbook.problems import UnusableInput

_SHEET, _UNREAD, _WITHOUT = "上年数核对", "未能对应的文件", "没有上年数的单位"
_COLUMNS = {
    "code": "单位代码",
    "name": "单位名称",
    "cell": "栏目",
    "why": "为什么要核对",
    "source": "来源",
    "confirmed": "核对后的数（请填）",
}
_NOT_A_CAMPAIGN = "previous"  # no campaign's id: nothing of last year's is proved by this year's key


@dataclass(frozen=True, slots=True)
class Previous:
    """Last year's reports by unit code (a predecessor's under its own), and files that are nobody's."""

    filings: Mapping[str, Filing]
    unmatched: tuple[str, ...]


def read_previous(path: Path, roster: Roster, year: int) -> Previous:
    """Last year's reports for a roster's units. Raises UnusableInput where the folder is not there."""
    if not path.is_dir():
        raise UnusableInput(f"找不到上年的文件夹“{path}”，请核对位置。")
    wanted = replace_predecessors(roster)
    if CampaignFolder(path).is_campaign():
        return _from_campaign(CampaignFolder(path), wanted, year)
    return _from_files(path, wanted, year)


def replace_predecessors(roster: Roster) -> Roster:
    """The roster with a line for every predecessor that is no unit any more, to recognise its file."""
    gone = {code for unit in roster.units for code in unit.predecessors} - set(roster.by_code)
    return Roster((*roster.units, *(Unit(code, f"（{code}）") for code in sorted(gone))))


def _from_campaign(folder: CampaignFolder, roster: Roster, year: int) -> Previous:
    with Ledger(folder.ledger) as ledger:
        if ledger.year != year:
            raise UnusableInput(f"“{folder.path}”是{ledger.year}年度的任务，上年应是{year}年度。")
        found = [(unit, filing) for unit, filing in ledger.current_filings()]
    matcher = Matcher(roster, None, _NOT_A_CAMPAIGN, year)
    filings: dict[str, Filing] = {}
    unmatched: list[str] = []
    for unit, filing in found:
        if unit.code in roster.by_code:
            filings[unit.code] = filing
            continue
        match = matcher.match(replace(filing, identity=None), "")
        if match.unit is not None and match.fate is None:
            filings.setdefault(match.unit.code, filing)
        else:
            unmatched.append(f"{unit.name}（{unit.code}）：今年的名册里没有")
    return Previous(filings, tuple(unmatched))


def _from_files(path: Path, roster: Roster, year: int) -> Previous:
    """Every report of the folder; of several of one unit the one saved last."""
    with TemporaryDirectory(prefix="gouji-") as aside:
        context = Context(roster, None, _NOT_A_CAMPAIGN, year, (), "", "", Path(aside) / "none.sqlite", None)
        items = list(walk(path, path.name, Path(aside)))
        unmatched = [
            f"{item.path}：{item.why}"
            for item in items
            if item.fate not in (None, Fate.ARCHIVE, Fate.IGNORED)
        ]
        best: dict[str, tuple[str, str, bytes]] = {}
        for answers in examine_all([item for item in items if item.fate is None], context):
            for answer in answers:
                row, unit = answer.row, answer.row["unit"]
                if answer.document is None or unit is None or row["verdict"] != "filing":
                    unmatched.append(f"{row['path']}：{row['why']}")
                    continue
                candidate = (row["saved"], row["path"], answer.document)
                best[unit] = max(best.get(unit, candidate), candidate)
    filings = {
        code: replace(stored_filing(document), source=PurePosixPath(shown.replace("!", "/")).name)
        for code, (_, shown, document) in best.items()
    }
    return Previous(filings, tuple(sorted(unmatched)))


# --- 上年数核对 -------------------------------------------------------------------------------------


def write_doubts(
    path: Path, roster: Roster, entries: Mapping[str, LastYear], last: Previous, year: int
) -> int:
    """Write 上年数核对.xlsx where there is anything to look at; gives how many figures are doubtful."""
    rows = [
        (unit.code, unit.name, _words(cell, entry.filing), why, entry.source, None)
        for unit in roster.units
        if (entry := entries.get(unit.code)) is not None
        for cell, why in sorted(entry.doubts.items())
    ]
    without = [(unit.code, unit.name) for unit in roster.units if unit.code not in entries]
    if not rows and not last.unmatched and (not last.filings or not without):
        return 0
    target = io.BytesIO()
    lists = ListBook(target)
    widths = (12, 30, 50, 34, 34, 16)
    lists.add_list(
        _SHEET,
        f"{year}年度数字核对",
        "下列数字没有读准，没有用于核对。请对照上年年报，把正确的数填在最后一列，保存后下一次核查即采用；不填的仍不采用。",
        [
            ListColumn(title, width, text=name != "confirmed")
            for (name, title), width in zip(_COLUMNS.items(), widths, strict=True)
        ],
        rows,
    )
    lists.add_list(
        _UNREAD,
        _UNREAD,
        "这些文件读不出来，或认不出是哪个单位的，没有采用。",
        [ListColumn("文件和原因", 110)],
        [(line,) for line in last.unmatched],
    )
    lists.add_list(
        _WITHOUT,
        _WITHOUT,
        "这些单位没有找到上年年报，“与上年衔接”的各项不能判断。",
        [ListColumn("单位代码", 14), ListColumn("单位名称", 50)],
        without,
    )
    lists.close()
    replace_file(path, target.getvalue())
    return len(rows)


def _words(cell: CellId, filing: Filing) -> str:
    return correction_words(filing.edition, cell)


def read_confirmed(path: Path) -> dict[str, dict[CellId, Decimal]]:
    """What the officer has written into 上年数核对.xlsx. Raises ListMistakes."""
    if not path.is_file():
        return {}
    grid = read_grid(path)
    sheet = grid.sheet(_SHEET)
    mistakes = Mistakes(path.name)
    found: dict[str, dict[CellId, Decimal]] = {}
    places = correction_places(all_editions())
    for row in list_rows(sheet, _COLUMNS, ("code", "cell", "confirmed"), mistakes) if sheet else ():
        if not row["confirmed"]:
            continue
        value, cell = read_number(row["confirmed"]), places.get(plain(row["cell"]))
        if value is None:
            mistakes.add(row.sheet, row.at("confirmed"), f"{quote(row['confirmed'])}不是数")
        elif cell is None:
            mistakes.add(row.sheet, row.at("cell"), f"认不出栏目{quote(row['cell'])}，请不要改动")
        else:
            found.setdefault(row["code"], {})[cell] = value
    mistakes.raise_any()
    return found
