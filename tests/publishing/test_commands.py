"""gouji export and gouji compare as a clerk and an officer use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.publishing.samples import CITY, save_facts
from workbook.cli import main

DOCUMENT = json.loads(CITY.read_text(encoding="utf-8"))


def changed(facts: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return DOCUMENT | {"facts": DOCUMENT["facts"] | (facts or {})} | more


WRONG = changed({"applications.dispositions.total[natural_person]": 0})


def test_a_report_with_errors_is_held_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = save_facts(tmp_path / "错.json", WRONG)
    out = tmp_path / "年报.html"
    assert main(["export", str(book), "--to", "html", "-o", str(out)]) == 1
    said = capsys.readouterr().out
    assert "没有导出" in said
    assert "SUM-02" in said
    assert not out.exists()
    assert main(["export", str(book), "--to", "html", "-o", str(out), "--with-errors"]) == 1
    assert "数字是照填报的印出的" in capsys.readouterr().out
    assert out.exists()


@pytest.mark.parametrize("to", ["docx", "html"])
def test_a_sound_report_is_exported(to: str, tmp_path: Path) -> None:
    out = tmp_path / "公开 文件夹" / f"年报.{to}"
    assert main(["export", str(CITY), "--to", to, "-o", str(out), "--date", "2026年1月20日"]) == 0
    assert out.stat().st_size > 5_000


def test_the_date_is_todays_the_given_one_or_none(tmp_path: Path) -> None:
    out = tmp_path / "年报.html"
    main(["export", str(CITY), "--to", "html", "-o", str(out), "--date", "2026-01-09"])
    assert "<p>2026年1月9日</p>" in out.read_text(encoding="utf-8")
    main(["export", str(CITY), "--to", "html", "-o", str(out), "--date", "无"])
    assert "<footer><div><p>某市人民政府</p></div></footer>" in out.read_text(encoding="utf-8")
    main(["export", str(CITY), "--to", "html", "-o", str(out)])
    assert "日</p></div></footer>" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "docx", "-o", "年报.html"], "扩展名应是.docx"),
        (["--to", "html", "-o", "年报.html", "--in-place"], "--signoff"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(CITY), *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", str(CITY), "--to", "html", "-o", "a.html", "--date", "2026-13-01"])
    assert "不是日期" in capsys.readouterr().err


def test_an_empty_section_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sections = DOCUMENT["sections"] | {"other": ""}
    book = save_facts(tmp_path / "a.json", changed(sections=sections))
    main(["export", str(book), "--to", "html", "-o", str(tmp_path / "a.html"), "--with-errors"])
    assert "“六、其他需要报告的事项”没有文字" in capsys.readouterr().out


def comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str], page: dict[str, Any]) -> tuple[int, Any]:
    published = save_facts(tmp_path / "公开页.json", page)
    status = main(["compare", str(CITY), str(published), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_an_equal_page_is_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = comparison(tmp_path, capsys, DOCUMENT)
    assert status == 0
    assert found["equal"] is True
    assert found["differences"] == found["uncertain"] == []
    assert found["checks"]["passed"] > 200


def test_a_figure_and_a_passage_that_differ_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sections = DOCUMENT["sections"] | {"other": DOCUMENT["sections"]["other"].replace("203件", "302件")}
    page = changed({"proactive.licences[decisions]": 11398888}, sections=sections)
    status, found = comparison(tmp_path, capsys, page)
    assert status == 1
    figure, words = found["differences"]
    assert (figure["concept"], figure["submitted"], figure["published"]) == (
        "proactive.licences[decisions]", 11398889, 11398888,
    )  # fmt: skip
    assert words["section"] == "六、其他需要报告的事项"
    assert "203件" in words["submitted"]
    assert "302件" in words["published"]
    assert {item["severity"] for item in found["differences"]} == {"explain"}


def test_zeros_left_blank_are_one_difference_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blanks = {
        key: None for key, value in DOCUMENT["facts"].items() if value == 0 and key.startswith("applications")
    }
    status, found = comparison(tmp_path, capsys, changed(blanks))
    assert status == 1
    (difference,) = found["differences"]
    assert len(difference["concepts"]) == len(blanks) > 20


def test_what_cannot_be_used_gives_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(CITY), str(tmp_path / "没有.html")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_officer_reads_the_differences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published = save_facts(tmp_path / "公开页.json", changed({"proactive.licences[decisions]": "/"}))
    assert main(["compare", str(CITY), str(published)]) == 1
    said = capsys.readouterr().out
    assert "1处不同" in said
    assert "提交的表为11398889，公开页为“/”" in said
    assert "CON-06 须说明" in said
