"""The packages: same bytes every time, parts and relations right, nothing lost."""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from lxml import etree

from addin.build import build_addin, build_macro_template, products
from addin.build.package import macro_enabled
from tests.addin_build.outside import quiet_import
from workbook.problems import BrokenDefinition, UnusableInput

audit = quiet_import("openxml_audit")
pyopenvba = quiet_import("pyopenvba")

RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
MAIN = {
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xltm": "application/vnd.ms-excel.template.macroEnabled.main+xml",
}


@pytest.fixture(name="built", params=sorted(MAIN))
def _built(request: pytest.FixtureRequest, xlam: Path, plain_template: bytes, tmp_path: Path) -> Path:
    if request.param == "xlam":
        return xlam
    path = tmp_path / f"form.{request.param}"
    path.write_bytes(build_macro_template(plain_template, request.param))
    return path


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def relations(all_parts: dict[str, bytes], part: str) -> dict[str, str]:
    """Type → part name, every target proved to be there."""
    folder, leaf = posixpath.split(part)
    stored = all_parts[posixpath.join(folder, "_rels", f"{leaf}.rels")]
    found = {}
    ids = []
    for element in etree.fromstring(stored).iter(RELATIONSHIPS):
        target = posixpath.normpath(posixpath.join("/", folder, element.get("Target"))).lstrip("/")
        assert target in all_parts
        ids.append(element.get("Id"))
        found[element.get("Type")] = target
    assert len(set(ids)) == len(ids)
    return found


# reproducible


def test_two_builds_are_equal(tmp_path: Path, plain_template: bytes) -> None:
    first, second = (build_addin(tmp_path / folder)[0].read_bytes() for folder in ("a", "b"))
    assert first == second
    assert build_macro_template(plain_template) == build_macro_template(plain_template)


def test_the_addin_depends_on_no_compressor_clock_or_system(xlam: Path) -> None:
    """zlib's output differs between its versions, so everything is stored."""
    with zipfile.ZipFile(xlam) as package:
        for info in package.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert (info.create_system, info.external_attr, info.extra) == (0, 0, b"")
    stamps = re.findall(rb">(\d{4}-\d\d-\d\dT[^<]*)<", xlam.read_bytes())
    assert set(stamps) == {b"2026-01-01T00:00:00Z"}


def test_building_twice_into_one_folder_replaces(tmp_path: Path) -> None:
    assert build_addin(tmp_path / "deep" / "er") == build_addin(tmp_path / "deep" / "er")
    assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["gouji.xlam"]


# parts


def test_content_types_and_relations(built: Path) -> None:
    all_parts = parts(built.read_bytes())
    types = etree.fromstring(all_parts["[Content_Types].xml"])
    stated = {element.get("PartName"): element.get("ContentType") for element in types}
    assert stated["/xl/workbook.xml"] == MAIN[built.suffix[1:]]
    assert stated["/xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"
    ends = {element.get("Extension") for element in types} - {None}
    for name in all_parts:
        assert f"/{name}" in stated or name.rpartition(".")[2] in ends, name

    top = relations(all_parts, "")
    microsoft = "http://schemas.microsoft.com/office"
    assert top[f"{microsoft}/2006/relationships/ui/extensibility"] == "customUI/customUI.xml"
    assert top[f"{microsoft}/2007/relationships/ui/extensibility"] == "customUI/customUI14.xml"
    book = relations(all_parts, "xl/workbook.xml")
    assert book[f"{microsoft}/2006/relationships/vbaProject"] == "xl/vbaProject.bin"


def test_every_sheet_has_its_module(built: Path) -> None:
    all_parts = parts(built.read_bytes())
    with pyopenvba.ExcelFile(built) as file:
        present = set(file.vba_modules())
    sheets = [text for name, text in all_parts.items() if name.startswith("xl/worksheets/sheet")]
    names = [re.search(rb'<sheetPr[^>]*codeName="(\w+)"', text)[1].decode() for text in sheets]
    assert names == [f"Sheet{number}" for number in range(1, len(sheets) + 1)]
    assert set(names) <= present
    assert b'codeName="ThisWorkbook"' in all_parts["xl/workbook.xml"]
    assert "ThisWorkbook" in present


def test_independent_validators_find_nothing(built: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = audit.OpenXmlValidator().validate(str(built))
        report = pyopenvba.check_file(built)
    assert [str(error) for error in result.errors] == []
    assert report.complete and report.issues == ()


def test_the_list_of_addins_shows_chinese(xlam: Path) -> None:
    core = parts(xlam.read_bytes())["docProps/core.xml"].decode("utf-8")
    assert "<dc:title>勾稽：政务公开年报</dc:title>" in core
    assert "<dc:description>核对政府信息公开" in core


def test_the_addin_opens_without_a_window(xlam: Path) -> None:
    assert b'<workbookView visibility="hidden"' in parts(xlam.read_bytes())["xl/workbook.xml"]


# the template


def test_only_what_must_change_changes(plain_template: bytes) -> None:
    before, after = parts(plain_template), parts(build_macro_template(plain_template))
    assert list(after)[: len(before)] == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        *(f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3)),
    }
    for name in changed & {f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3)}:
        assert re.sub(rb"<sheetPr codeName=\"\w+\"/>| codeName=\"\w+\"", b"", after[name]) == before[name]


def test_sheet_properties_come_first(plain_template: bytes) -> None:
    for name, text in parts(build_macro_template(plain_template)).items():
        if name.startswith("xl/worksheets/sheet"):
            assert etree.QName(etree.fromstring(text)[0]).localname == "sheetPr"


def test_openpyxl_reads_it(plain_template: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(build_macro_template(plain_template)), keep_vba=True)
    assert book.sheetnames == ["封面", "一、主动公开", "综述"]
    assert book["综述"].protection.sheet
    book.close()


def test_code_names_already_there_are_kept(sources: dict[str, str]) -> None:
    data = edited({"xl/worksheets/sheet1.xml": (b"<dimension", b'<sheetPr codeName="Cover"/><dimension')})
    enabled = macro_enabled(data, sources, {}, "xlsm")
    assert enabled.count(b'codeName="Cover"') == 1
    assert "Cover" in modules_of(enabled)


@pytest.mark.parametrize(
    ("edits", "fault"),
    [
        ({"xl/workbook.xml": (b"<workbookPr ", b'<workbookPr codeName="Mappe" ')}, "code name Mappe"),
        ({"[Content_Types].xml": (b"spreadsheetml.sheet.main", b"spreadsheetml.sheet.other")}, "no plain"),
        ({"xl/worksheets/sheet1.xml": (b"<dimension", b'<sheetPr codeName="Sheet2"/><dimension')}, "Sheet2"),
    ],
)  # fmt: skip
def test_templates_that_do_not_fit(
    sources: dict[str, str], edits: dict[str, tuple[bytes, bytes]], fault: str
) -> None:
    with pytest.raises((BrokenDefinition, UnusableInput), match=fault):
        macro_enabled(edited(edits), sources, {}, "xlsm")


def test_one_with_macros_already(plain_template: bytes) -> None:
    with pytest.raises(BrokenDefinition, match="has macros or a ribbon already"):
        build_macro_template(build_macro_template(plain_template))


def test_a_chart_sheet_is_refused(sources: dict[str, str]) -> None:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        book.add_worksheet("数")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=数!$A$1:$A$2"})
        book.add_chartsheet("图").set_chart(chart)
    with pytest.raises(BrokenDefinition, match="no worksheets"):
        macro_enabled(data.getvalue(), sources, {}, "xlsm")


def test_what_is_no_workbook() -> None:
    with pytest.raises(UnusableInput):
        build_macro_template(b"no zip")


def test_a_faulty_ribbon_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "macros"
    folder.mkdir()
    for path in products.macro_folder().iterdir():
        text = path.read_text(encoding="utf-8").replace('tag="check"', 'tag="chek"')
        (folder / path.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(products, "macro_folder", lambda: folder)
    with pytest.raises(BrokenDefinition, match=r"customUI\.xml:\d+: there is no task 'chek'"):
        build_addin(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def edited(edits: dict[str, tuple[bytes, bytes]]) -> bytes:
    """A plain workbook of two sheets, some of its parts changed."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        book.add_worksheet("a")
        book.add_worksheet("b")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, text in parts(data.getvalue()).items():
            old, new = edits.get(name, (b"", b""))
            assert old in text
            package.writestr(name, text.replace(old, new, 1) if old else text)
    return out.getvalue()


def modules_of(data: bytes) -> set[str]:
    cfb = quiet_import("pyopenvba.cfb").CFB.from_bytes(parts(data)["xl/vbaProject.bin"])
    return {module.name for module in quiet_import("pyopenvba.vba").parse_vba_project(cfb).modules}
