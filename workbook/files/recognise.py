"""Says in Chinese what a file is that is no workbook, and what its sender should do.

Each answer is the rest of a line that begins with the file's name and ends with a full stop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "请用Excel或WPS打开后另存为xlsx再交"

# First bytes → what it is. Order matters only where one sign begins another.
_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "是PDF文件，不是工作簿，请提交xlsx原件"),
    (b"{\\rtf", "是RTF文档，不是工作簿，请提交xlsx原件"),
    (b"Rar!", "是RAR压缩包，请解压后提交其中的xlsx文件"),
    (b"7z\xbc\xaf", "是7z压缩包，请解压后提交其中的xlsx文件"),
    (b"\x1f\x8b", "是gzip压缩包，请解压后提交其中的xlsx文件"),
    (b"PK\x05\x06", "是空压缩包，请提交xlsx原件"),
    (b"PK\x07\x08", "是分卷压缩包的一卷，请合并解压后提交xlsx文件"),
    (b"\x89PNG", "是图片，不是工作簿，请提交xlsx原件"),
    (b"\xff\xd8\xff", "是图片，不是工作簿，请提交xlsx原件"),
    (b"GIF8", "是图片，不是工作簿，请提交xlsx原件"),
    (b"MZ", "是程序文件，不是工作簿，未予打开，请提交xlsx原件"),
    (b"\x09\x08", f"是旧版Excel工作簿（.xls），{_SAVE_AS}"),
)

# Part → what kind of package holds it.
_PACKAGES: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "是Word文档（.docx），不是工作簿，请提交xlsx原件"),
    ("ppt/presentation.xml", "是演示文稿（.pptx），不是工作簿，请提交xlsx原件"),
    ("xl/workbook.bin", f"是Excel二进制工作簿（.xlsb），{_SAVE_AS}"),
    ("index/document.iwa", "是Numbers表格，请导出为xlsx后再交"),
    ("ofd.xml", "是OFD版式文件，不是工作簿，请提交xlsx原件"),
)

# OpenDocument keeps its type in a small stored entry.
_OPEN_DOCUMENT: tuple[tuple[bytes, str], ...] = (
    (b"opendocument.spreadsheet", "是OpenDocument电子表格（.ods），请另存为xlsx后再交"),
    (b"opendocument", "是OpenDocument文档，不是工作簿，请提交xlsx原件"),
)


def other_kind(data: bytes) -> str:
    """What bytes are that do not begin like a zip file."""
    if data.startswith(_OLE):
        return _ole_kind(data)
    for sign, kind in _SIGNS:
        if data.startswith(sign):
            return kind
    return _text_kind(data) or "不是xlsx工作簿，文件可能已损坏，请重新另存为xlsx后再交"


def other_package(parts: Collection[str], read: Callable[[str], bytes]) -> str | None:
    """What a zip is that holds no workbook; None for one that looks like a workbook.

    `parts` are lower-case names with forward slashes, `read` gives a part's content.
    """
    if "mimetype" in parts:
        declared = read("mimetype")[:200]
        for sign, kind in _OPEN_DOCUMENT:
            if sign in declared:
                return kind
    for part, kind in _PACKAGES:
        if part in parts:
            return kind
    if "[content_types].xml" in parts:
        # Some servers call the part workbook22.xml or keep it at the root; the relations say where.
        if any("workbook" in part and part.endswith(".xml") for part in parts):
            return None
        return "缺少工作簿部件，文件不完整，请用Excel或WPS打开原件，另存为xlsx后重交"
    if any(part.endswith((".xlsx", ".xlsm", ".xls", ".et")) for part in parts):
        return "是压缩包，请解压后提交其中的工作簿"
    return "是压缩包，不是xlsx工作簿，请提交xlsx原件"


def _ole_kind(data: bytes) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        return "文件设有打开密码，请取消密码后重交"
    if holds("WordDocument"):
        return "是Word或WPS文字文档（.doc/.wps），不是工作簿，请提交xlsx原件"
    if holds("PowerPoint Document"):
        return "是演示文稿（.ppt/.dps），不是工作簿，请提交xlsx原件"
    return f"是旧版工作簿（.xls或.et），{_SAVE_AS}"


def _text_kind(data: bytes) -> str | None:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8")
    if b"\0" in head:
        return None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<"):
        if b"<html" in start or b"<!doctype html" in start or b"<table" in start:
            return f"实为网页（HTML），{_SAVE_AS}"
        if b"urn:schemas-microsoft-com:office:spreadsheet" in start or b"excel.sheet" in start:
            return f"实为XML表格2003，{_SAVE_AS}"
        return "实为XML或网页文本，不是xlsx工作簿，请提交xlsx原件"
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return None
    return f"实为文本文件（如.csv、.txt），{_SAVE_AS}"
