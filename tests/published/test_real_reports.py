"""Real reports as published: the department's of 2019, and where they are at hand a county's and a city's."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from workbook.cli import main
from workbook.form.edition import CellId
from workbook.form.facts import read_facts
from workbook.form.filing import Filing
from workbook.published.reading import read_published, recognise_file
from workbook.published.recognition import recognition_lines
from workbook.resources import template_folder
from workbook.review import open_filing

NINGBO = Path(__file__).parents[1] / "data" / "ningbo-2019.txt"
# Other people's documents lie beside the project where its makers work, never in it.
BESIDE = (above / "shared" / "corpus" for above in Path(__file__).parents)
CORPUS = next((folder for folder in BESIDE if folder.is_dir()), None)
at_hand = pytest.mark.skipif(CORPUS is None, reason="other people's documents are not part of the project")

# The corpus names rows by a short key of its own, in the form's order.
KEYS = ["new", "prev", "open", "part", *(f"d{n}" for n in range(1, 9)), "u1", "u2", "u3",
        *(f"n{n}" for n in range(1, 6)), "o1", "o2", "o3", "sum", "next"]  # fmt: skip


def test_the_report_of_2019_is_read_as_published() -> None:
    """All figures of 表二 and 表三 as the demonstration has them; 表四 is a sentence."""
    filing = read_published(NINGBO)
    known = read_facts(template_folder() / "ningbo-2019.json")
    assert (filing.organ.name, filing.year, filing.edition_id) == ("宁波市科技局", 2019, "2019")
    cells = [cell for cell in filing.edition.cells if cell.table != "challenges"]
    assert len(cells) == 22 + 161
    assert {cell: filing.facts[cell].value for cell in cells} == {c: known.facts[c].value for c in cells}
    assert filing.uncertain == {}
    assert filing.missing_tables == {"challenges": "只有文字"}
    assert not any(cell.table == "challenges" for cell in filing.facts)


def test_its_sections_are_found_under_their_own_headings() -> None:
    filing = read_published(NINGBO)
    assert dict(filing.headings) == {
        "overview": "1、 总体情况",
        "proactive": "二、政府信息主动公开情况",
        "applications": "三、依申请公开政府信息情况",
        "challenges": "四、因政府信息公开申请行政复议、提起行政诉讼情况",
        "problems": "五、政府信息公开工作存在的主要问题及改进措施",
        "other": "六、其他需要报告的事项",
    }
    words = {key: text or "" for key, text in filing.sections.items()}
    assert "212" in words["overview"] and words["proactive"] == ""
    assert words["applications"].endswith("共收到依申请公开5件（均为网络申请），均已按时答复。")
    assert words["challenges"] == "2019年，市科技局未发生因政府信息公开申请提起行政复议与行政诉讼情况。"
    assert words["problems"] and words["other"] == "本年度无其他需要报告的事项。"


def test_check_takes_the_text_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """The demonstration's findings in the tables, on the published text."""
    assert main(["check", "--json", str(NINGBO)]) == 1
    [result] = json.loads(capsys.readouterr().out)
    found = {(f["rule"], f["concept"]) for f in result["findings"]}
    assert ("SUM-02", "applications.dispositions.total[natural_person]") in found
    assert any(rule == "BAL-01" for rule, _ in found)
    assert any(rule == "STK-04" for rule, _ in found)
    assert any(rule == "TPL-02" for rule, _ in found)
    lines = [f["sheet"] for f in result["findings"] if f["rule"] in ("SUM-02", "BAL-01", "STK-04", "TPL-02")]
    assert lines and all(re.fullmatch(r"第\d+行", line) for line in lines)


def test_import_gives_the_form_and_says_what_it_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "读进 来.xlsx"
    assert main(["import", str(NINGBO), "-o", str(book)]) == 0
    said = capsys.readouterr().out
    assert "表二：应有22格，读出22格" in said and "表四：没有读到（只有文字）" in said
    filing, grid = open_filing(book)
    published = read_published(NINGBO)
    assert grid is not None and (filing.organ.name, filing.year) == ("宁波市科技局", 2019)
    for cell, fact in published.facts.items():
        assert filing.facts[cell].value == fact.value, cell
    assert list(filing.missing_tables) == ["challenges"]


def figures_of(name: str) -> dict[str, Any]:
    assert CORPUS is not None
    data: dict[str, Any] = json.loads((CORPUS / f"{name}.figures.json").read_text("utf-8"))
    return data


def wrong_in_applications(filing: Filing, data: dict[str, Any], zero: str = "0") -> list[str]:
    """Cells of 表三 read otherwise than published and not named uncertain."""
    table = filing.edition.by_id["applications"]
    rows = table.blocks[0].row_leaves
    columns = table.blocks[0].column_leaves
    keys = KEYS if len(rows) == len(KEYS) else [k for k in KEYS if k not in ("o1", "o2")]
    published = dict(data["t3"])
    if "oth" in published:
        published |= {"o1": [0] * 7, "o2": [0] * 7, "o3": published["oth"]}
    wrong = []
    for key, row in zip(keys, rows, strict=True):
        for column, value in zip(columns, published[key], strict=True):
            cell = CellId("applications", row.id, column.id)
            fact = filing.facts[cell]
            as_zero = value == 0 and zero != "0" and fact.value is None and (fact.raw or "") == zero
            if cell not in filing.uncertain and fact.value != value and not as_zero:
                wrong.append(f"{cell}: {fact.raw} instead of {value}")
    return wrong


def proactive_as_published(filing: Filing, data: dict[str, Any]) -> bool:
    cells = filing.edition.by_id["proactive"].cells
    flat = [v for value in data["t2"].values() for v in (value if isinstance(value, list) else [value])]
    return [filing.facts[cell].value for cell in cells] == [Decimal(str(value)) for value in flat]


@at_hand
@pytest.mark.parametrize("kind", ["pdf", "pdftotext.txt"])
def test_county_report_is_read_whole(kind: str) -> None:
    """Wrapped labels, a label set vertically, a page break within 表三: every cell, none uncertain."""
    assert CORPUS is not None
    filing = read_published(CORPUS / f"county-2024.{kind}")
    data = figures_of("county-2024")
    assert (filing.year, filing.edition_id) == (2024, "2021")
    assert filing.uncertain == {} and filing.missing_tables == {}
    assert wrong_in_applications(filing, data) == []
    assert proactive_as_published(filing, data)
    cells = filing.edition.by_id["challenges"].cells
    assert [filing.facts[cell].value for cell in cells] == data["t4"]
    assert len(filing.headings) == 6


@at_hand
def test_of_the_city_s_fourth_table_only_what_stands_there() -> None:
    """表二 and 表三 whole; of 表四 seven figures, the other eight named; 2024's row is not taken."""
    assert CORPUS is not None
    found = recognise_file(CORPUS / "city-2023.pdftotext.txt")
    filing, data = found.filing, figures_of("city-2023")
    assert (filing.year, filing.edition_id) == (2023, "2021")
    assert wrong_in_applications(filing, data) == [] and proactive_as_published(filing, data)
    cells = filing.edition.by_id["challenges"].cells
    assert [filing.facts[cell].value for cell in cells[:7]] == data["t4"][:7]
    assert set(filing.uncertain) == set(cells[7:])
    assert found.counts("challenges") == (7, 15)
    assert any("8格没有读准" in line for line in recognition_lines(found))


LAYOUTS = sorted((CORPUS / "layouts").glob("*.txt")) if CORPUS else []


@at_hand
@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_every_layout_gives_the_published_figures(path: Path) -> None:
    """A fragment: 表三 alone, without title or year."""
    filing = read_published(path)
    zero = "/" if path.stem.endswith("slash") else "" if path.stem.endswith("blank") else "0"
    assert filing.year is None
    assert wrong_in_applications(filing, figures_of(path.stem.split("_")[0]), zero) == []
    assert filing.uncertain == {}
    assert set(filing.missing_tables) == {"proactive", "challenges"}


@at_hand
@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_a_fragment_takes_the_year_it_is_told(path: Path) -> None:
    """（六） in one row in a year that prints three: its figures are 其他's, and that is said."""
    year, edition = (2024, "2021") if path.stem.startswith("county") else (2019, "2019")
    filing = read_published(path, year=year)
    zero = "/" if path.stem.endswith("slash") else "" if path.stem.endswith("blank") else "0"
    assert (filing.year, filing.edition_id) == (year, edition)
    assert wrong_in_applications(filing, figures_of(path.stem.split("_")[0]), zero) == []


FOURTH = """行政复议
行政诉讼
结果维持
结果纠正
其他结果
尚未审结
总计
未经复议直接起诉
复议后起诉
结果维持
结果纠正
其他结果
尚未审结
总计
结果维持
结果纠正
其他结果
尚未审结
总计
3
1
0
0
4
2
0
0
1
3
0
0
0
0
1
"""


def test_a_fragment_that_fits_both_editions_is_checked_as_the_newest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """表四 alone is the same in both: check, import and facts take the newest and say so; a year decides."""
    page = tmp_path / "表四 片段.txt"
    page.write_text(FOURTH, encoding="utf-8")
    assert main(["check", str(page)]) == 1
    said = capsys.readouterr().out
    assert "（2021年版）" in said and "看不出是哪一版的表" in said and "--year" in said
    assert "复议后起诉" in said  # its total is 1, its parts make 0
    assert main(["check", "--json", str(page)]) == 1
    [result] = json.loads(capsys.readouterr().out)
    assert (result["edition"], result["edition_assumed"]) == ("2021", True)
    assert any(finding["rule"] == "SUM-03" for finding in result["findings"])
    assert main(["import", str(page), "-o", str(tmp_path / "表.xlsx")]) == 0
    assert "按能对上的最新一版（2021年版）读" in capsys.readouterr().out
    assert main(["facts", str(page)]) == 0
    given = capsys.readouterr()
    assert json.loads(given.out)["edition"] is None and "2021年版" in given.err
    for told in (["--year", "2020"], ["--edition", "2019"]):
        assert main(["check", "--json", str(page), *told]) == 1
        [result] = json.loads(capsys.readouterr().out)
        assert (result["edition"], "edition_assumed" in result) == ("2019", False)
