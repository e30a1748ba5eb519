"""The commands as others call them: exit status, JSON, one clear line for what cannot be used."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.filled import document, place_of, save_form, type_text, zeros
from workbook.cli import main
from workbook.form.anchors import COVER
from workbook.resources import template_folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        status = main([str(item) for item in arguments])
    except SystemExit as stop:  # argparse
        status = int(stop.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


def check_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, Any]]]:
    status, out, _ = run(capsys, "check", "--json", *arguments)
    return status, json.loads(out)


def test_the_demo_does_the_main_job_and_says_where(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = run(capsys, "demo", "--out", tmp_path / "演 示")
    assert (status, err) == (1, "")
    files = sorted(path.name for path in (tmp_path / "演 示").iterdir())
    assert files == ["宁波市科技局2019年度报告.xlsx", "宁波市科技局2019年度报告（已核查）.xlsx"]
    assert all(str(tmp_path / "演 示" / name) in out for name in files)
    assert "错误2处、须说明3处" in out and "综述" in out


def test_the_demo_findings_are_those_looked_at_one_by_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(capsys, "demo", "--out", tmp_path)
    status, [result] = check_json(capsys, tmp_path / "宁波市科技局2019年度报告.xlsx")
    assert status == 1
    found = [(f["rule"], f["severity"], f["concept"] or f["cell"]) for f in result["findings"]]
    expected = json.loads((Path(__file__).parent / "data" / "ningbo-2019.findings.json").read_text("utf-8"))
    assert found == [(item["rule"], item["severity"], item["at"]) for item in expected]
    assert all(item["right"].startswith("right") for item in expected)
    assert result["checks"]["failed"] == len(found)


def test_check_json_has_the_shape_others_measure_by(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    form = save_form(tmp_path / "报.xlsx", "2019", zeros("2019") | {"applications.received[total]": 3})
    _, [result] = check_json(capsys, form)
    assert set(result) == {
        "file", "organ", "year", "edition", "scope", "checks", "findings", "undecided", "repairs", "prose",
    }  # fmt: skip
    assert (result["organ"], result["year"], result["edition"], result["scope"]) == (
        "某市某局",
        2019,
        "2019",
        "own",
    )
    first = result["findings"][0]
    assert set(first) == {
        "rule", "severity", "concept", "sheet", "cell", "value", "expected", "difference", "message", "basis",
        "remedy", "cause", "explanation", "section", "quote", "stated",
    }  # fmt: skip
    assert (first["sheet"], first["cell"]) == place_of(form, first["concept"])
    assert first["difference"] == first["expected"] - first["value"]
    repair = result["repairs"][0]
    assert repair["changes"][0]["concept"] == "applications.received[total]"
    assert (repair["changes"][0]["from"], repair["changes"][0]["to"], repair["unique"]) == (3, 0, True)
    assert {f["cause"] for f in result["findings"]} == {repair["cause"]}


def test_several_files_are_answered_in_order_and_a_bad_one_stops_nobody(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good = save_form(tmp_path / "好.xlsx", "2021", zeros("2021"))
    (tmp_path / "坏.xlsx").write_bytes(b"no workbook")
    status, out, err = run(
        capsys, "check", "--json", good, tmp_path / "坏.xlsx", good, "--annotate", tmp_path / "出"
    )
    results = json.loads(out)
    assert status == 2
    assert [Path(item["file"]).name for item in results] == ["好.xlsx", "坏.xlsx", "好.xlsx"]
    assert "坏.xlsx" in results[1]["problem"] and len(err.strip().splitlines()) == 1
    assert [path.name for path in (tmp_path / "出").iterdir()] == ["好.xlsx"]


def test_last_years_report_is_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    now = zeros("2021") | {
        "applications.brought_forward[natural_person]": 2, "applications.brought_forward[total]": 2,
        "applications.dispositions.granted[natural_person]": 2, "applications.dispositions.granted[total]": 2,
        "applications.dispositions.total[natural_person]": 2, "applications.dispositions.total[total]": 2,
    }  # fmt: skip
    before = zeros("2021") | {
        "applications.received[natural_person]": 3, "applications.received[total]": 3,
        "applications.carried_forward[natural_person]": 3, "applications.carried_forward[total]": 3,
    }  # fmt: skip
    this_year = save_form(tmp_path / "今.xlsx", "2021", now, year=2023)
    last_year = save_form(tmp_path / "去.xlsx", "2021", before, year=2022)
    _, [result] = check_json(capsys, this_year, "--previous", last_year)
    grave = [f for f in result["findings"] if f["severity"] != "warning"]
    assert [f["rule"] for f in grave] == ["YOY-01", "YOY-02"]
    assert (grave[0]["value"], grave[0]["expected"]) == (2, 3)
    assert grave[0]["cause"] == grave[1]["cause"]
    _, [alone] = check_json(capsys, this_year)
    assert {"rule": "YOY-01", "concept": "applications.brought_forward[total]", "why": "无上年年报"} in alone[
        "undecided"
    ]


def test_the_citys_complete_report_has_no_error_and_nothing_to_explain(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "city.json"
    path.write_text((Path(__file__).parent / "data" / "city-2025.json").read_text("utf-8"), encoding="utf-8")
    assert run(capsys, "fill", path, "-o", tmp_path / "市.xlsx")[0] == 0
    status, [result] = check_json(capsys, tmp_path / "市.xlsx")
    assert status == 0
    assert [f for f in result["findings"] if f["severity"] != "warning"] == []


def test_facts_gives_back_what_fill_was_given(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sample = template_folder() / "ningbo-2019.json"
    run(capsys, "fill", sample, "-o", tmp_path / "表.xlsx")
    status, out, _ = run(capsys, "facts", tmp_path / "表.xlsx")
    given, got = json.loads(sample.read_text("utf-8")), json.loads(out)
    assert status == 0
    assert {key: got["facts"][key] for key in given["facts"]} == given["facts"]
    assert got["headings"] == given["headings"]
    assert {key: got["sections"][key] for key in given["sections"]} == given["sections"]
    assert got["places"]["applications.received[natural_person]"].startswith("三、依申请公开!")


def test_fill_with_zero_writes_zero_over_nothing_given(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    facts = {"applications.received[natural_person]": 5, "applications.received[business]": "/"}
    (tmp_path / "f.json").write_text(
        json.dumps(document("2021", facts), ensure_ascii=False), encoding="utf-8"
    )
    run(capsys, "fill", tmp_path / "f.json", "-o", tmp_path / "表.xlsx", "--zero")
    _, out, _ = run(capsys, "facts", tmp_path / "表.xlsx")
    got = json.loads(out)["facts"]
    assert got["applications.received[natural_person]"] == 5
    assert got["applications.received[business]"] == "/"
    assert got["applications.received[research]"] == 0
    assert got["proactive.licences[decisions]"] is None  # a table of which nothing was given stays empty


def test_facts_takes_year_and_edition_where_the_file_does_not_say(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fragment = _no_edition(tmp_path / "片段.xlsx")
    alone = json.loads(run(capsys, "facts", fragment)[1])
    assert (alone["edition"], alone["year"]) == (None, None)
    assert alone["facts"]["challenges.reconsideration[total]"] == 0
    by_edition = json.loads(run(capsys, "facts", fragment, "--edition", "2019")[1])
    by_year = json.loads(run(capsys, "facts", fragment, "--year", "2022")[1])
    assert (by_edition["edition"], by_edition["year"]) == ("2019", None)
    assert (by_year["edition"], by_year["year"]) == ("2021", 2022)
    assert by_year["facts"]["challenges.reconsideration[total]"] == 0


def test_facts_from_csv(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = (
        "id,value\nyear,2022\norgan,某局\napplications.received[total],7\napplications.received[other],/\n"
    )
    (tmp_path / "f.csv").write_text(lines, encoding="utf-8-sig")
    assert run(capsys, "fill", tmp_path / "f.csv", "-o", tmp_path / "表.xlsx")[0] == 0
    got = json.loads(run(capsys, "facts", tmp_path / "表.xlsx")[1])
    assert (got["year"], got["organ"]["name"]) == (2022, "某局")
    assert (
        got["facts"]["applications.received[total]"] == 7
        and got["facts"]["applications.received[other]"] == "/"
    )


@pytest.mark.parametrize("totals", ["formula", "typed"])
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_template_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, edition: str, totals: str
) -> None:
    out = tmp_path / "母表.xlsx"
    assert run(capsys, "template", "--edition", edition, "--totals", totals, "-o", out)[0] == 0
    result = json.loads(run(capsys, "facts", out)[1])
    assert result["edition"] == edition and set(result["missing_tables"]) == {
        "proactive",
        "applications",
        "challenges",
    }


def test_narrate_prints_and_writes_and_keeps_a_clerks_edits(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    form = save_form(tmp_path / "报.xlsx", "2021", zeros("2021"))
    status, out, _ = run(capsys, "narrate", form)
    assert status == 0 and "未收到政府信息公开申请" in out
    once, twice = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
    assert run(capsys, "narrate", form, "-o", once)[0] == 0
    assert run(capsys, "narrate", once, "-o", twice)[0] == 0
    assert _summary(once) == _summary(twice) and any(
        "未收到政府信息公开申请" in line for line in _summary(once)
    )
    lead = _lead_row(once)
    below = enumerate(_column(once)[lead:], start=lead + 1)
    first = next(row for row, line in below if line and "未收到政府信息公开申请" in line)
    edited = type_text(twice, "综述", f"A{first}", "我改写的一句。")
    assert run(capsys, "narrate", edited, "-o", tmp_path / "三.xlsx")[0] == 0
    kept = _summary(tmp_path / "三.xlsx")
    assert "我改写的一句。" in kept and any("重新生成" in line for line in kept)
    assert sum("未收到政府信息公开申请" in line for line in kept) >= 1


def _column(path: Path) -> list[str | None]:
    return [row[0].value for row in openpyxl.load_workbook(path)["综述"].iter_rows()]


def _lead_row(path: Path) -> int:
    return next(n for n, line in enumerate(_column(path), start=1) if line and line.startswith("综述（由"))


def _summary(path: Path) -> list[str]:
    return [line for line in _column(path)[_lead_row(path) :] if line]


def test_rules_in_every_form(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, "rules")
    assert status == 0 and "BAL-01" in out and "本年新收＋上年结转＝（七）总计＋结转下年度" in out
    listed = json.loads(run(capsys, "rules", "--json", "--edition", "2019")[1])
    assert {"STK-04", "BAL-01"} <= {item["code"] for item in listed} and "STK-02" not in {
        i["code"] for i in listed
    }
    for suffix in ("md", "xlsx", "docx"):
        assert run(capsys, "rules", "--to", suffix, "-o", tmp_path / f"手册.{suffix}")[0] == 0
        assert (tmp_path / f"手册.{suffix}").stat().st_size > 5_000


# --- bad input: one clear Chinese line, exit 2, nothing written ---------------------------------------


def _text(path: Path) -> Path:
    path.write_text("只是文字", encoding="utf-8")
    return path


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _lock(path: Path) -> Path:
    lock = path.with_name("~$" + path.name)
    lock.write_bytes(b"\x05user" + bytes(160))
    return lock


def _protected(path: Path) -> Path:
    """The head of an OLE container that names an encrypted package, as Office writes one."""
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + bytes(512) + name + bytes(2048))
    return path


def _old(path: Path) -> Path:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "Workbook".encode("utf-16-le") + bytes(2048)
    )
    return path


def _another_form(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "工资"])
    book.save(path)
    return path


def _zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    return path


def _no_edition(path: Path) -> Path:
    """Tables with no edition to be told from: 表四 alone, without a year."""
    form = save_form(path.with_name("全.xlsx"), "2021", zeros("2021"))
    book = openpyxl.load_workbook(form)
    for sheet in book.worksheets:
        if not sheet.title.startswith("四"):
            del book[sheet.title]
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_text, "文本文件"),
        (_empty, "空"),
        (_folder, "文件夹"),
        (_lock, "锁文件"),
        (_protected, "密码"),
        (_old, "另存为"),
        (_another_form, "不是政府信息公开工作年度报告"),
        (_zip, "压缩"),
        (lambda path: path, "找不到"),
    ],
    ids=["text", "empty", "folder", "lock", "password", "xls", "other", "zip", "nothing"],
)
def test_what_cannot_be_used_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, make: Any, says: str
) -> None:
    path = make(tmp_path / "坏 文件.xlsx")
    before = sorted(tmp_path.iterdir())
    status, out, err = run(capsys, "check", path, "--annotate", tmp_path / "出.xlsx")
    assert (status, out) == (2, "")
    lines = err.strip().splitlines()
    assert len(lines) == 1 and says in lines[0] and path.name in lines[0], err
    assert "Traceback" not in err and sorted(tmp_path.iterdir()) == before


def test_a_workbook_of_one_table_is_checked_as_the_newest_form(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fragment = _no_edition(tmp_path / "片段.xlsx")
    _, out, err = run(capsys, "check", fragment)
    assert "看不出是哪一版的表" in out and "2021年版" in out and err == ""
    _, [result] = check_json(capsys, fragment)
    assert (result["edition"], result["edition_assumed"]) == ("2021", True)
    _, out, _ = run(capsys, "check", fragment, "--year", "2019")
    assert "看不出是哪一版的表" not in out and "2019年版" in out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "JSON"),
        ("[]", "对象"),
        ('{"year": 2021, "facts": {"applications.recieved[total]": 1}}', "applications.recieved[total]"),
        ('{"year": 1821, "facts": {}}', "1821"),
        ('{"edition": "1999", "facts": {}}', "1999"),
        ('{"facts": {}}', "版式"),
        ('{"year": 2021, "facts": {"applications.received[total]": true}}', "applications.received[total]"),
        ('{"year": 2021, "organ": {"level": "city"}, "facts": {}}', "city"),
    ],
)
def test_facts_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "坏.json").write_text(text, encoding="utf-8")
    status, out, err = run(capsys, "fill", tmp_path / "坏.json", "-o", tmp_path / "表.xlsx")
    assert (status, out) == (2, "") and says in err and len(err.strip().splitlines()) == 1
    assert not (tmp_path / "表.xlsx").exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "看不出是哪一年"),
        ("20219", "看不出是哪一年"),
        ("2018", "还没有这种表式"),
        ("2020", "应使用2019年版"),
    ],
)
def test_a_missing_or_absurd_year_is_a_finding(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, typed: str, why: str
) -> None:
    form = save_form(tmp_path / "报.xlsx", "2021", zeros("2021"))
    book = openpyxl.load_workbook(form)
    area = book.defined_names["gj.cover.year"].attr_text.split("!")[1].replace("$", "").split(":")[0]
    book[COVER][area].value = typed
    book.save(form)
    status, [result] = check_json(capsys, form)
    finding = next(f for f in result["findings"] if f["rule"] == "TPL-01")
    assert status == 1 and why in finding["message"]
    assert (finding["sheet"], finding["cell"]) == (COVER, area)


def test_two_tables_of_the_same_kind_are_a_finding(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    form = save_form(tmp_path / "报.xlsx", "2021", zeros("2021"))
    book = openpyxl.load_workbook(form)
    copy = book.copy_worksheet(book["三、依申请公开"])
    copy.title = "表三副本"
    book.save(form)
    _, [result] = check_json(capsys, form)
    assert any(f["rule"] == "TPL-03" and "表三副本" in f["message"] for f in result["findings"])


def test_a_cell_with_40000_characters_is_met_calmly(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    form = save_form(tmp_path / "报.xlsx", "2021", zeros("2021"))
    sheet, cell = place_of(form, "applications.received[other]")
    with zipfile.ZipFile(form) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    number = [item.title for item in openpyxl.load_workbook(form)].index(sheet) + 1
    part = f"xl/worksheets/sheet{number}.xml"
    text = parts[part].decode("utf-8")
    start = text.index(f'<c r="{cell}"')
    end = text.index("</c>", start)
    long = f'<c r="{cell}" t="inlineStr"><is><t>{"长" * 40_000}</t></is>'
    parts[part] = (text[:start] + long + text[end:]).encode("utf-8")
    with zipfile.ZipFile(form, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    status, [result] = check_json(capsys, form)
    finding = next(f for f in result["findings"] if f["rule"] == "CEL-01")
    assert status == 1 and finding["cell"] == cell and len(finding["message"]) < 300


def test_usage_errors_are_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["check"], ["nonsense"], ["template", "--edition", "1999", "-o", "x.xlsx"]):
        status, _, err = run(capsys, *arguments)
        assert status == 2 and "用法" in err and "error" not in err.lower(), err
    status, out, _ = run(capsys, "--help")
    assert status == 0 and "选项" in out and "usage" not in out and "show this" not in out


def test_the_rules_check_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--self-check"]) == 0
    said = capsys.readouterr().out
    assert "2019" in said and "2021" in said and "SUM-02" in said
