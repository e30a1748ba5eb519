"""Old Word and WPS documents: turned into .docx by an installed office program, in a place of its own."""

from __future__ import annotations

from workbook.problems import UnusableInput, UnwritableOutput
from workbook.published.libreoffice import convert, find_soffice

OLD_SUFFIXES = frozenset({".doc", ".wps", ".rtf"})
_SAVE_AS = "请用Word或WPS打开，另存为docx后再试"


def as_docx(data: bytes, suffix: str, name: str) -> bytes:
    """The document as .docx; macros never run, and the file's own name reaches no command line.

    Raises UnusableInput (请另存为docx) where nothing here can make it one.
    """
    if find_soffice() is None:
        raise UnusableInput(f"“{name}”是旧版Word或WPS文字文档，本机没有能转换的办公软件，{_SAVE_AS}。")
    try:
        return convert(data, ".rtf" if suffix == ".rtf" else ".doc", "docx:MS Word 2007 XML")
    except (UnusableInput, UnwritableOutput) as error:
        raise UnusableInput(f"“{name}”没有转换成功，{_SAVE_AS}。") from error
