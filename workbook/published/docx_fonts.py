"""The fonts of an official document in Word: their names, what stands in for them, how a text takes one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

TITLE_FONT, TEXT_FONT, HEAD_FONT, LEAD_FONT, NUMBER_FONT = (
    "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体",
)  # fmt: skip
LATIN_FONT = "Times New Roman"
# What stands in for a font that is not there, in this order; with its class, for programs that go by it.
_STAND_INS = {
    TITLE_FONT: ("方正小标宋_GBK,华文中宋,宋体,Noto Serif CJK SC", "roman"),
    TEXT_FONT: ("仿宋,FangSong,STFangsong,华文仿宋,Noto Serif CJK SC", "modern"),
    HEAD_FONT: ("SimHei,微软雅黑,Noto Sans CJK SC", "swiss"),
    LEAD_FONT: ("楷体,KaiTi,STKaiti,华文楷体,Noto Serif CJK SC", "modern"),
    NUMBER_FONT: ("SimSun,Noto Serif CJK SC", "auto"),
}


class Fonts:
    """The fonts as one document names them: where the printing computer's are known, the first one there."""

    def __init__(self, document: Any, installed: Collection[str] | None) -> None:
        from docx.oxml import OxmlElement  # noqa: PLC0415  (heavy, and an optional dependency)
        from docx.oxml.ns import qn  # noqa: PLC0415
        from docx.shared import Pt  # noqa: PLC0415

        self.document, self.element, self.qn, self.pt = document, OxmlElement, qn, Pt
        self.named = {
            font: next((name for name in (font, *others.split(",")) if name in (installed or ())), font)
            for font, (others, _) in _STAND_INS.items()
        }

    def put(self, run: Any, font: str, size: float | None = None, latin: str = LATIN_FONT) -> None:
        """A run of text in a font, its size in points."""
        self.write(run._element.get_or_add_rPr().get_or_add_rFonts(), font, latin)
        if size is not None:
            run.font.size = self.pt(size)

    def write(self, fonts: Any, font: str, latin: str = LATIN_FONT) -> None:
        """The names in a w:rFonts."""
        for script in ("ascii", "hAnsi", "cs"):
            fonts.set(self.qn(f"w:{script}"), self.named.get(latin, latin))
        fonts.set(self.qn("w:eastAsia"), self.named[font])
        # Quotation marks and dashes belong to both scripts: here they are Chinese.
        fonts.set(self.qn("w:hint"), "eastAsia")

    def list_stand_ins(self) -> None:
        """The fonts with those that may stand in for them, in the document's font table."""
        from docx.oxml import parse_xml  # noqa: PLC0415
        from lxml import etree  # noqa: PLC0415  (python-docx brings it)

        part = next(
            rel.target_part for rel in self.document.part.rels.values() if rel.reltype.endswith("/fontTable")
        )
        root = parse_xml(part.blob)
        for name, (others, family) in _STAND_INS.items():
            font = self.element("w:font")
            font.set(self.qn("w:name"), name)
            for tag, value in (
                ("altName", others),
                ("charset", "86"),
                ("family", family),
                ("pitch", "default"),
            ):
                child = self.element(f"w:{tag}")
                child.set(self.qn("w:val"), value)
                font.append(child)
            root.append(font)
        part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
