"""The ribbon's lint: clean on ours, and every class of fault planted is found with its line."""

from __future__ import annotations

import importlib.resources
import json
import re
from dataclasses import replace

import pytest

from addin.build.project import macro_folder
from addin.build.ribbonlint import callbacks, lint
from addin.build.ribbonschema import ICONS, NAMESPACES, ROOTS, Shape
from addin.tasks import TASKS, task

RIBBONS = ("customUI.xml", "customUI14.xml")
SUBS = {"modRibbon.OnTask": ("IRibbonControl",), "OnTask": ("IRibbonControl",)}


def ribbon(name: str) -> str:
    return (macro_folder() / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RIBBONS)
def test_ours_is_clean(name: str, sources: dict[str, str]) -> None:
    assert lint(ribbon(name), name, callbacks(sources), TASKS) == []


def test_both_versions_show_the_same_buttons() -> None:
    old, new = (re.search(r"<ribbon>.*</ribbon>", ribbon(name), re.S)[0] for name in RIBBONS)
    assert old == new


@pytest.mark.parametrize(
    ("planted", "by", "fault"),
    [
        ('id="gouji_clear"', 'id="gouji_check"', "id gouji_check is not unique"),
        ('id="gouji_clear"', 'id="1st"', "'1st' is no id"),
        ('id="gouji_clear" ', "", "<button> lacks id"),
        ('tag="clear" ', "", "<button> lacks tag"),
        ('size="large"', 'Size="large"', "<button> has no attribute Size here"),
        ('size="large"', 'size="huge"', "size cannot be 'huge'"),
        ('<group id="gouji_checking"', '<group size="large" id="g"', "<group> has no attribute size"),
        ("ReviewDeleteComment", "ReviewDeletComment", "ReviewDeletComment is no icon we know"),
        ("ReviewDeleteComment", "AutoSum", "imageMso is 'AutoSum', but task clear has 'ReviewDeleteComment'"),
        ("modRibbon.OnTask", "modRibbon.OnTasks", "onAction: there is no public Sub modRibbon.OnTasks"),
        ('tag="clear"', 'tag="clean"', "there is no task 'clean'"),
        ('tag="clear"', 'tag="check"', "task check has a button here already"),
        ('label="清除批注"', 'label="清批注"', "label is '清批注', but task clear has '清除批注'"),
        ('label="核查"', 'label="检查"', "task check belongs in the group 核查"),
        ("再按一次", "再按两次", "screentip is"),
        ("<tabs>", "<tabs><separator id='s'/>", "<separator> is not allowed in <tabs>"),
        ("<ribbon>", '<ribbon startFromScratch="true">', "startFromScratch cannot be 'true'"),
        ("/customui", "/customUI", "no customUI of 2006/01 or 2009/07"),
        ("</tabs>", "", "mismatched tag"),
        ('label="政务公开年报"', f'label="{"长" * 1025}"', "label has 1025 characters"),
        ("ContextMenuCell", "ContextMenuSell", "ContextMenuSell is no context menu we know"),
        ("<customUI ", '<customUI onLoad="OnTask" ', r"onLoad: OnTask takes \(IRibbonControl\), Office"),
        ("<menu id", '<button id="x" tag="clear"/><menu id', "task clear should not be in the cell's"),
    ],
)  # fmt: skip
def test_planted_faults(planted: str, by: str, fault: str) -> None:
    xml = ribbon("customUI14.xml")
    assert planted in xml
    found = lint(xml.replace(planted, by, 1), "customUI14.xml", SUBS, TASKS)
    assert any(re.search(rf"^customUI14\.xml:\d+: .*{fault}", line) for line in found), found


def test_a_fault_names_its_line() -> None:
    xml = ribbon("customUI.xml")
    line = xml[: xml.index('tag="clear"')].count("\n") + 1
    assert lint(xml.replace('tag="clear"', 'tag="x"'), "r.xml", SUBS, TASKS)[0].startswith(f"r.xml:{line}: ")


def test_context_menus_are_not_for_2007() -> None:
    xml = ribbon("customUI14.xml").replace("2009/07", "2006/01")
    found = lint(xml, "r", SUBS, TASKS)
    assert any("<contextMenus> is not allowed in <customUI>" in fault for fault in found)


def test_a_task_without_a_button() -> None:
    more = (*TASKS, replace(TASKS[0], id="import_word"))
    assert lint(ribbon("customUI.xml"), "r", SUBS, more) == ["r:2: task import_word has no button"]


def test_a_task_missing_from_the_context_menu() -> None:
    more = tuple(replace(t, menu=True) for t in TASKS)
    found = lint(ribbon("customUI14.xml"), "r", SUBS, more)
    assert "r:2: task clear is not in the cell's context menu" in found


def test_buttons_in_another_order() -> None:
    found = lint(ribbon("customUI.xml"), "r", SUBS, TASKS[::-1])
    assert len(found) == 1 and "order" in found[0]


@pytest.mark.parametrize(
    ("source", "signature"),
    [
        ("Public Sub S(control As IRibbonControl)", ("IRibbonControl",)),
        ("Sub S(ByVal control As IRibbonControl, ByRef shown As Variant)", ("IRibbonControl", "")),
        ("Public Sub S(control As IRibbonControl, _\n    shown)", ("IRibbonControl", "")),
        ("Public Sub S(control As Object, ByVal shown As Boolean)", ("Object", "Boolean")),
        ("Public Sub S()", ()),
    ],
)
def test_signatures(source: str, signature: tuple[str, ...]) -> None:
    assert callbacks({"modA.bas": source}) == {"S": signature, "modA.S": signature}


@pytest.mark.parametrize("file", ["modA.bas", "ThisWorkbook.cls"])
def test_what_office_cannot_call(file: str) -> None:
    assert callbacks({file: "Private Sub S()" if file == "modA.bas" else "Public Sub S()"}) == {}


# our part of the schema against the whole


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_what_we_allow_the_schema_allows(namespace: str) -> None:
    version = NAMESPACES[namespace]
    file = f"schemas_microsoft_com_office_{version.replace('/', '_')}_customui.json"
    data = importlib.resources.files("openxml_audit") / "data/openxml/schemas" / file
    types = {type_["Name"]: type_ for type_ in json.loads(data.read_text(encoding="utf-8"))["Types"]}

    def compare(shape: Shape, type_: dict, path: str) -> None:
        known = {attribute["QName"].lstrip(":") for attribute in type_.get("Attributes", ())} | {"xmlns"}
        assert shape.attributes <= known, f"{path}: {shape.attributes - known}"
        assert shape.required <= shape.attributes
        places = {child["Name"].rpartition(":")[2]: child["Name"] for child in type_.get("Children", ())}
        for name, inner in shape.children.items():
            assert name in places, f"{path}/{name}"
            compare(inner, types[places[name]], f"{path}/{name}")

    compare(ROOTS[version], next(types[name] for name in types if ":CT_CustomUI/" in name), "")


# the tasks


def test_every_task_is_fit_to_be_shown() -> None:
    assert len({t.id for t in TASKS}) == len({t.label for t in TASKS}) == len(TASKS)
    for t in TASKS:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", t.id)  # a function's name, and safe on a command line
        assert t.image in ICONS
        assert t.screentip.endswith("。")
        assert task(t.id) is t


def test_an_unknown_task() -> None:
    with pytest.raises(KeyError):
        task("no_such")
