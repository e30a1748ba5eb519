"""What the ribbon may be made of: the elements, attributes and icons we use, and what callbacks take.

A part of [MS-CUSTOMUI] (2006/01) and [MS-CUSTOMUI2] (2009/07), which the tests compare with the whole; what
is not in it is a fault until somebody adds it here. Office itself drops the whole ribbon in silence over one
unknown attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NAMESPACES = {
    "http://schemas.microsoft.com/office/2006/01/customui": "2006/01",
    "http://schemas.microsoft.com/office/2009/07/customui": "2009/07",
}

_PLACED = frozenset({"id", "tag", "label", "keytip", "visible", "getVisible"})
_BUTTON = _PLACED | {
    "description",
    "enabled",
    "getEnabled",
    "getLabel",
    "imageMso",
    "onAction",
    "screentip",
    "showImage",
    "showLabel",
    "supertip",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """An element at its place: its attributes, and its children with their shapes."""

    attributes: frozenset[str]
    children: Mapping[str, Shape]
    required: frozenset[str] = frozenset()


_MENU_BUTTON = Shape(_BUTTON, {}, frozenset({"id", "label", "tag", "onAction"}))
_GROUP_BUTTON = Shape(_BUTTON | {"size"}, {}, _MENU_BUTTON.required)
_IN_MENU = {"button": _MENU_BUTTON, "menuSeparator": Shape(frozenset({"id"}), {}, frozenset({"id"}))}
_MENU = Shape(_BUTTON - {"onAction"} | {"itemSize"}, _IN_MENU, frozenset({"id", "label"}))
_GROUP = Shape(
    _PLACED | {"imageMso", "insertAfterMso", "screentip"},
    {
        "button": _GROUP_BUTTON,
        "separator": Shape(frozenset({"id", "visible"}), {}, frozenset({"id"})),
        "menu": Shape(_MENU.attributes | {"size"}, _IN_MENU, _MENU.required),
    },
    frozenset({"id", "label"}),
)
_TAB = Shape(_PLACED | {"insertAfterMso", "insertBeforeMso"}, {"group": _GROUP}, frozenset({"id", "label"}))
_RIBBON = Shape(frozenset({"startFromScratch"}), {"tabs": Shape(frozenset(), {"tab": _TAB})})
_CONTEXT_MENUS = Shape(
    frozenset(),
    {"contextMenu": Shape(frozenset({"idMso"}), {"menu": _MENU, **_IN_MENU}, frozenset({"idMso"}))},
)

# Context menus came with Office 2010.
ROOTS = {
    "2006/01": Shape(frozenset({"xmlns", "onLoad"}), {"ribbon": _RIBBON}),
    "2009/07": Shape(frozenset({"xmlns", "onLoad"}), {"ribbon": _RIBBON, "contextMenus": _CONTEXT_MENUS}),
}

CONTEXT_MENUS = frozenset({"ContextMenuCell", "ContextMenuRow", "ContextMenuColumn", "ContextMenuListRange"})

# What Office hands a callback: the types of its arguments, "" where VBA wants a ByRef Variant to fill in.
CALLBACKS = {
    "onLoad": ("IRibbonUI",),
    "onAction": ("IRibbonControl",),
    "getEnabled": ("IRibbonControl", ""),
    "getLabel": ("IRibbonControl", ""),
    "getVisible": ("IRibbonControl", ""),
}

# Office's own pictures, by names seen at work in Excel. A wrong one is no error there: the button is bare.
ICONS = frozenset(
    {
        "AcceptInvitation",
        "AutoSum",
        "DataValidation",
        "FileNew",
        "FileOpen",
        "FileSaveAs",
        "FillDown",
        "Help",
        "PivotTableReport",
        "ReviewDeleteComment",
        "ReviewNewComment",
        "ReviewNextComment",
        "TextBoxInsertExcel",
    }
)
