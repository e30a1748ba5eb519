"""Workbook packages written by hand, part by part, for spellings no library writes."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = DECLARATION + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A deflated zip of these parts in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def links(*items: tuple[str, str, str], base: str = LINKS) -> str:
    """A relations part of (id, last word of the type, target)."""
    inner = "".join(f'<Relationship Id="{i}" Type="{base}/{kind}" Target="{to}"/>' for i, kind, to in items)
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{DECLARATION}<Relationships xmlns="{package}">{inner}</Relationships>'


def worksheet(rows: str, after: str = "") -> str:
    """A worksheet of the usual spelling around some rows."""
    return f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def styles(*codes: str | int, extra: str = "") -> str:
    """A styles part: format 0 is General, then one per number format code or built-in id."""
    own = {164 + number: code for number, code in enumerate(codes) if isinstance(code, str)}
    written = "".join(f'<numFmt numFmtId="{i}" formatCode="{_quoted(code)}"/>' for i, code in own.items())
    ids = [code if isinstance(code, int) else 164 + number for number, code in enumerate(codes)]
    formats = "".join(f'<xf numFmtId="{i}" applyNumberFormat="1"/>' for i in [0, *ids])
    return (
        f'{DECLARATION}<styleSheet xmlns="{MAIN}"><numFmts>{written}</numFmts>'
        f"<cellXfs>{formats}</cellXfs>{extra}</styleSheet>"
    )


def strings(*items: str) -> str:
    """A shared string table of these <si> elements' insides."""
    inner = "".join(f"<si>{item}</si>" for item in items)
    return f'{DECLARATION}<sst xmlns="{MAIN}">{inner}</sst>'


def parts_of(
    *sheets: str | bytes,
    sst: str | bytes | None = None,
    style: str | None = None,
    book: str | None = None,
    about: str = "",
    names: str = "",
) -> dict[str, str | bytes]:
    """The parts of a whole book with these worksheet parts, called 表1, 表2 …"""
    entries = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1))
    plan = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{about}<sheets>{entries}</sheets>{names}</workbook>'
    targets = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": links(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book or DECLARATION + plan,
    }
    if sst is not None:
        targets.append(("rIdS", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = sst
    if style is not None:
        targets.append(("rIdT", "styles", "styles.xml"))
        parts["xl/styles.xml"] = style
    parts["xl/_rels/workbook.xml.rels"] = links(*targets)
    for number, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet
    return parts


def _quoted(code: str) -> str:
    return code.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
