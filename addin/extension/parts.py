"""The XML of the extension: who it is, what it holds, its menu and its toolbar, from the list of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from addin.tasks import TITLE, Task

COMPONENT_FILE = "gouji_buttons.py"
PROTOCOL = "vnd.gouji.task:"
HANDLER = "org.gouji.Buttons"
IDENTIFIER = "org.gouji.buttons"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_REGISTRY = (
    'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'oor:package="org.openoffice.Office'
)
_TOOLBAR = "org.gouji.toolbar"
_CALC = "com.sun.star.sheet.SpreadsheetDocument"
_MEDIA = "application/vnd.sun.star."


def parts(tasks: Sequence[Task], version: str) -> dict[str, str]:
    """Every XML part by its name in the package."""
    return {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(version),
        "Addons.xcu": _addons(tasks),
        "ProtocolHandler.xcu": _handler(),
        "CalcWindowState.xcu": _docking(),
        "package/about.txt": f"勾稽：{TITLE}。按钮与Excel加载项相同：核对打开的年报，加批注，生成综述。\n",
    }


def _manifest() -> str:
    entries = (
        (COMPONENT_FILE, "uno-component;type=Python"),
        ("Addons.xcu", "configuration-data"),
        ("ProtocolHandler.xcu", "configuration-data"),
        ("CalcWindowState.xcu", "configuration-data"),
    )
    lines = "".join(
        f' <manifest:file-entry manifest:full-path="{path}" manifest:media-type="{_MEDIA}{kind}"/>\n'
        for path, kind in entries
    )
    name_space = 'xmlns:manifest="http://openoffice.org/2001/manifest"'
    return f"{_DECLARATION}<manifest:manifest {name_space}>\n{lines}</manifest:manifest>\n"


def _description(version: str) -> str:
    return f"""{_DECLARATION}<description xmlns="http://openoffice.org/extensions/description/2006"
  xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:l="http://libreoffice.org/extensions/description/2011">
 <identifier value="{IDENTIFIER}"/>
 <version value={quoteattr(version)}/>
 <dependencies>
  <l:LibreOffice-minimal-version value="7.3" name="LibreOffice 7.3"/>
 </dependencies>
 <display-name><name lang="en-US">勾稽：{TITLE}</name></display-name>
 <publisher><name lang="en-US" xlink:href="">勾稽</name></publisher>
 <extension-description><src lang="en-US" xlink:href="package/about.txt"/></extension-description>
</description>
"""


def _handler() -> str:
    return f"""{_DECLARATION}<oor:component-data {_REGISTRY}" oor:name="ProtocolHandler">
 <node oor:name="HandlerSet">
  <node oor:name="{HANDLER}" oor:op="replace">
   <prop oor:name="Protocols" oor:type="oor:string-list"><value>{PROTOCOL}*</value></prop>
  </node>
 </node>
</oor:component-data>
"""


def _docking() -> str:
    """The toolbar below the others: left to itself it floats above them and is called "Add-On 1"."""
    kinds = {"Docked": "boolean", "Visible": "boolean", "DockingArea": "int"}
    values = {"Docked": "true", "Visible": "true", "DockingArea": "0"}
    props = "".join(
        f'   <prop oor:name="{name}" oor:type="xs:{kinds[name]}"><value>{value}</value></prop>\n'
        for name, value in values.items()
    )
    props += '   <prop oor:name="DockPos" oor:type="xs:string"><value>0,3</value></prop>\n'
    props += _property("UIName", TITLE, localized=True)
    return f"""{_DECLARATION}<oor:component-data {_REGISTRY}.UI" oor:name="CalcWindowState">
 <node oor:name="UIElements">
  <node oor:name="States">
   <node oor:name="private:resource/toolbar/addon_{_TOOLBAR}" oor:op="replace">
{props}   </node>
  </node>
 </node>
</oor:component-data>
"""


def _addons(tasks: Sequence[Task]) -> str:
    menu = "".join(_items(tasks, "m", described=False))
    bar = "".join(_items(tasks, "t", described=True))
    return f"""{_DECLARATION}<oor:component-data {_REGISTRY}" oor:name="Addons">
 <node oor:name="AddonUI">
  <node oor:name="OfficeMenuBar">
   <node oor:name="org.gouji.menu" oor:op="replace">
{_property("Context", _CALC)}{_property("Title", TITLE, localized=True)}    <node oor:name="Submenu">
{menu}    </node>
   </node>
  </node>
  <node oor:name="OfficeToolBar">
   <node oor:name="{_TOOLBAR}" oor:op="replace">
{_property("Title", TITLE, localized=True)}{bar}   </node>
  </node>
 </node>
</oor:component-data>
"""


def _items(tasks: Sequence[Task], prefix: str, *, described: bool) -> list[str]:
    """The tasks in their order, a separator between their groups."""
    items: list[str] = []
    for _, group in groupby(tasks, key=lambda task: task.group):
        if items:
            separator = _property("URL", "private:separator")
            items.append(_node(f"{prefix}{len(items):02}", separator))
        for task in group:
            inside = _property("URL", PROTOCOL + task.id) + _property("Title", task.label, localized=True)
            inside += _property("Target", "_self") + (_property("Context", _CALC) if described else "")
            items.append(_node(f"{prefix}{len(items):02}", inside))
    return items


def _node(name: str, inside: str) -> str:
    return f'     <node oor:name="{name}" oor:op="replace">\n{inside}     </node>\n'


def _property(name: str, value: str, *, localized: bool = False) -> str:
    # en-US is what LibreOffice falls back on: the names are the same in whatever language it runs
    language = ' xml:lang="en-US"' if localized else ""
    text = f"<value{language}>{escape(value)}</value>"
    return f'      <prop oor:name="{name}" oor:type="xs:string">{text}</prop>\n'
