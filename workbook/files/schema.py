"""The order in which the schema (ISO 29500-1, 18.3.1.99 and 18.8.39) wants an element's children.

Excel offers to repair a file that breaks it; LibreOffice says nothing, so the order is kept here and tested.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbook.files.markup import Element, children

WORKSHEET = (
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)

STYLES = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)

# None of these holds an element of its own name; extLst and AlternateContent may.
FLAT = frozenset(WORKSHEET) | frozenset(STYLES) - {"extLst"}
FLAT -= {"extLst"}

_CHOICE = ("AlternateContent", "Choice", "Fallback")


def rank(masked: str, element: Element, order: tuple[str, ...]) -> int | None:
    """An element's place in the order; an mc:AlternateContent has that of what it holds; None: not in it."""
    if element.local in order:
        return order.index(element.local)
    if element.local in _CHOICE:
        for inner in children(masked, element):
            found = rank(masked, inner, order)
            if found is not None:
                return found
    return None


def place(
    masked: str, parent: Element, local: str, order: tuple[str, ...], present: Iterable[Element] | None = None
) -> int:
    """The offset at which a new child belongs: before the first that must follow it, or that equals it.

    A parent closed as <a/> has no such place and must be opened first.
    """
    ours = order.index(local)
    for element in children(masked, parent, FLAT) if present is None else present:
        found = rank(masked, element, order)
        if found is not None and found >= ours:
            return element.start
    return parent.close
