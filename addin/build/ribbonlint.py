"""Checks the ribbon's XML before it is packed: Office says nothing of its faults, the tab just stays away.

Every button must name a task there is, by that task's own label, screentip and icon; every task must have
its button; every callback must be a public Sub with the arguments Office will hand it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from addin.build.ribbonschema import CALLBACKS, CONTEXT_MENUS, ICONS, NAMESPACES, ROOTS, Shape
from addin.tasks import Task

Signature = tuple[str, ...]

_SUB = re.compile(
    r"^\s*(?P<private>Private\s+)?(?:Public\s+)?Sub\s+(?P<name>\w+)\s*\((?P<arguments>.*)\)\s*$"
)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_ALLOWED = {
    "size": {"large", "normal"},
    "itemSize": {"large", "normal"},
    "startFromScratch": {"false"},  # "true" would take Excel's own ribbon away
} | {switch: {"true", "false"} for switch in ("visible", "enabled", "showLabel", "showImage")}
_LONGEST = 1024  # ST_String of the schema; Office refuses the whole part beyond it


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    line: int
    children: list[_Element] = field(default_factory=list)


def callbacks(sources: Mapping[str, str]) -> dict[str, Signature]:
    """The public Subs of standard modules, as "module.Sub" and as plain "Sub", with their argument types."""
    found: dict[str, Signature] = {}
    for file, source in sources.items():
        if not file.endswith(".bas"):
            continue
        for line in source.replace(" _\n", " ").splitlines():
            sub = _SUB.match(line)
            if sub and not sub["private"]:
                arguments = [argument for argument in sub["arguments"].split(",") if argument.strip()]
                types = tuple(_type(argument) for argument in arguments)
                found[sub["name"]] = found[f"{file.removesuffix('.bas')}.{sub['name']}"] = types
    return found


def _type(argument: str) -> str:
    """An argument's type; "" for what a callback fills in, a Variant by reference."""
    words = argument.split()
    type_ = words[words.index("As") + 1] if "As" in words else "Variant"
    return "" if type_ == "Variant" and "ByVal" not in words else type_


def lint(xml: str, name: str, subs: Mapping[str, Signature], tasks: Sequence[Task]) -> list[str]:
    """What is wrong with one customUI part, each fault with `name` and its line; empty if nothing is."""
    try:
        root = _parsed(xml)
    except expat.ExpatError as error:
        return [f"{name}:{error.lineno}: {expat.ErrorString(error.code)}"]
    version = NAMESPACES.get(root.attributes.get("xmlns", ""))
    if root.name != "customUI" or version is None:
        return [f"{name}:{root.line}: no customUI of 2006/01 or 2009/07"]
    check = _Check(name, subs, {task.id: task for task in tasks})
    check.element(root, ROOTS[version], None)
    ribbon_tags, menu_tags = check.tags["group"], check.tags["contextMenu"]
    for task in tasks:
        if task.id not in ribbon_tags:
            check.report(root, f"task {task.id} has no button")
        if version == "2009/07" and task.menu != (task.id in menu_tags):
            what = "is not" if task.menu else "should not be"
            check.report(root, f"task {task.id} {what} in the cell's context menu")
    order = [task.id for task in tasks]
    if not check.faults and [tag for tag in ribbon_tags if tag in order] != order:
        check.report(root, f"the buttons do not stand in the order of the tasks: {', '.join(order)}")
    return check.faults


class _Check:
    """One pass over one part."""

    def __init__(self, name: str, subs: Mapping[str, Signature], tasks: Mapping[str, Task]) -> None:
        self._name = name
        self._subs = subs
        self._tasks = tasks
        self._ids: set[str] = set()
        self.tags: dict[str, list[str]] = {"group": [], "contextMenu": []}
        self.faults: list[str] = []

    def report(self, element: _Element, fault: str) -> None:
        self.faults.append(f"{self._name}:{element.line}: {fault}")

    def element(self, element: _Element, shape: Shape, home: _Element | None) -> None:
        """An element and what is in it; `home` is the group or context menu it lies in."""
        if element.name in self.tags:
            home = element
        for attribute, value in element.attributes.items():
            if attribute not in shape.attributes:
                self.report(element, f"<{element.name}> has no attribute {attribute} here")
            else:
                self._value(element, attribute, value)
        for missing in sorted(shape.required - set(element.attributes)):
            self.report(element, f"<{element.name}> lacks {missing}")
        if element.name == "button" and home is not None:
            self._task(element, home)
        for child in element.children:
            inner = shape.children.get(child.name)
            if inner is None:
                self.report(child, f"<{child.name}> is not allowed in <{element.name}>")
            else:
                self.element(child, inner, home)

    def _value(self, element: _Element, attribute: str, value: str) -> None:
        if not value or len(value) > _LONGEST:
            self.report(element, f"{attribute} has {len(value)} characters, Office takes 1 to {_LONGEST}")
        if attribute == "id":
            if not _ID.fullmatch(value):
                self.report(element, f"{value!r} is no id")
            if value in self._ids:
                self.report(element, f"id {value} is not unique")
            self._ids.add(value)
        elif attribute == "idMso" and value not in CONTEXT_MENUS:
            self.report(element, f"{value} is no context menu we know")
        elif attribute == "imageMso" and value not in ICONS:
            self.report(element, f"{value} is no icon we know")
        elif attribute in CALLBACKS:
            self._callback(element, attribute, value)
        elif value not in _ALLOWED.get(attribute, {value}):
            self.report(element, f"{attribute} cannot be {value!r}")

    def _callback(self, element: _Element, attribute: str, sub: str) -> None:
        if sub not in self._subs:
            self.report(element, f"{attribute}: there is no public Sub {sub}")
        elif self._subs[sub] != CALLBACKS[attribute]:
            has, wants = (", ".join(types) for types in (self._subs[sub], CALLBACKS[attribute]))
            self.report(element, f"{attribute}: {sub} takes ({has}), Office hands it ({wants})")

    def _task(self, button: _Element, home: _Element) -> None:
        given = button.attributes
        tag = given.get("tag", "")
        task = self._tasks.get(tag)
        if task is None:
            self.report(button, f"there is no task {tag!r}")
            return
        if tag in self.tags[home.name]:
            self.report(button, f"task {tag} has a button here already")
        self.tags[home.name].append(tag)
        said = {"label": task.label, "screentip": task.screentip, "imageMso": task.image}
        for attribute, text in said.items():
            if given.get(attribute) != text:
                self.report(button, f"{attribute} is {given.get(attribute)!r}, but task {tag} has {text!r}")
        if home.name == "group" and home.attributes.get("label") != task.group:
            self.report(button, f"task {tag} belongs in the group {task.group}")


def _parsed(xml: str) -> _Element:
    """The tree of a part, each element with its line."""
    parser = expat.ParserCreate()
    parser.ordered_attributes = False
    top = _Element("", {}, 0)
    open_ = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        element = _Element(name, attributes, parser.CurrentLineNumber)
        open_[-1].children.append(element)
        open_.append(element)

    def end(_name: str) -> None:
        open_.pop()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(xml.encode("utf-8"), True)
    return top.children[0]
