"""Word's and WPS's old documents, and OpenDocument texts: made .docx by an installed office program."""

from __future__ import annotations

from workbook.problems import UnusableInput, UnwritableOutput
from workbook.published.libreoffice import convert, find_soffice

OLD_SUFFIXES = frozenset({".doc", ".wps", ".rtf"})
OPEN_SUFFIX = ".odt"
_KINDS = {".rtf": "RTF文档", OPEN_SUFFIX: "OpenDocument文字文档"}
_SAVE_AS = "请用Word或WPS打开，另存为docx后再试"


def as_docx(data: bytes, suffix: str, name: str) -> bytes:
    """The document as .docx; macros never run, and the file's own name reaches no command line.

    A .wps is what WPS writes, a .doc under another name. Raises UnusableInput (请另存为docx) where nothing
    here can make it one.
    """
    if find_soffice() is None:
        kind = _KINDS.get(suffix, "旧版Word或WPS文字文档")
        raise UnusableInput(f"“{name}”是{kind}，本机没有能转换的办公软件（LibreOffice），{_SAVE_AS}。")
    try:
        return convert(data, suffix if suffix in _KINDS else ".doc", "docx:MS Word 2007 XML")
    except (UnusableInput, UnwritableOutput) as error:
        raise UnusableInput(f"“{name}”没有转换成功，{_SAVE_AS}。") from error
