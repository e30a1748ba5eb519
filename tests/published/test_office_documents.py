"""Word's and WPS's old documents and OpenDocument texts, made and read by an installed office program."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.published.layouts import docx_report
from tests.published.reports import random_figures, report_of, silently_wrong
from workbook.form.edition import Edition
from workbook.form.editionfile import all_editions
from workbook.form.filing import Filing
from workbook.problems import UnusableInput
from workbook.published import libreoffice
from workbook.published.libreoffice import convert, find_soffice
from workbook.published.reading import is_published, read_published

# suffix → LibreOffice's format; WPS's own writes what Word writes.
KINDS = {
    ".doc": "doc:MS Word 97",
    ".wps": "doc:MS Word 97",
    ".rtf": "rtf:Rich Text Format",
    ".odt": "odt:writer8",
}


@pytest.fixture(scope="module", params=KINDS)
def documents(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Edition]:
    """A report as .docx and as another kind of document; the editions take turns."""
    if find_soffice() is None:
        if os.environ.get("CI"):
            pytest.fail("没有LibreOffice")
        pytest.skip("本机没有LibreOffice，旧版文档不能转换")
    edition = all_editions()[list(KINDS).index(request.param) % 2]
    folder = tmp_path_factory.mktemp("旧版 文档")
    new, old = folder / "年报.docx", folder / f"年报 旧{request.param}"
    new.write_bytes(docx_report(report_of(edition, random_figures(edition, Random(request.param)))))
    old.write_bytes(convert(new.read_bytes(), ".docx", KINDS[request.param]))
    return new, old, edition


@pytest.mark.office
def test_an_old_document_says_exactly_what_the_new_one_does(documents: tuple[Path, Path, Edition]) -> None:
    new, old, edition = documents
    assert is_published(old)
    one, other = read_published(new), read_published(old)
    figures = random_figures(edition, Random(old.suffix))
    for filing in (one, other):
        assert silently_wrong(filing, figures) == {}
        assert filing.uncertain == {} and filing.missing_tables == {}
    assert figures_of(other) == figures_of(one)
    assert (other.organ, other.year, other.edition_id) == (one.organ, one.year, one.edition_id)
    assert dict(other.sections) == dict(one.sections) and dict(other.headings) == dict(one.headings)


def figures_of(filing: Filing) -> dict[str, object]:
    return {str(cell): (fact.value, fact.raw, fact.oddity) for cell, fact in filing.facts.items()}


def old_word(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def rich_text(path: Path) -> None:
    path.write_bytes(b"{\\rtf1 }")


def open_text(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", "<office:document-content/>")


ALONE: dict[str, tuple[Callable[[Path], None], str]] = {
    "年报.doc": (old_word, "旧版Word或WPS"),
    "年报.wps": (old_word, "旧版Word或WPS"),
    "年报.rtf": (rich_text, "RTF文档"),
    "年报.odt": (open_text, "OpenDocument文字文档"),
}


@pytest.mark.parametrize("name", ALONE)
def test_without_the_program_it_is_to_be_saved_as_docx(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a computer where no office program is found: one line, what it is and what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(libreoffice, "_USUAL_PLACES", ())
    write, says = ALONE[name]
    write(tmp_path / name)
    with pytest.raises(UnusableInput, match="另存为docx") as refused:
        read_published(tmp_path / name)
    assert name in str(refused.value) and says in str(refused.value) and "\n" not in str(refused.value)
