"""Read our YAML strictly: every scalar is text, nothing is guessed, every complaint names file and line.

Plain `safe_load` turns `no: on` into `False: True`, `0101` into 65, and keeps the last of two equal keys
without a word; a statutory form cannot be read that way.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import yaml

from workbook.problems import BrokenDefinition

T = TypeVar("T")

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Entry:
    """One value of a YAML file together with its place, so that every complaint can name it."""

    __slots__ = ("_node", "_source")

    def __init__(self, node: yaml.Node, source: str) -> None:
        self._node = node
        self._source = source

    @property
    def place(self) -> str:
        """ "2021.yaml:17"."""
        return f"{self._source}:{self._node.start_mark.line + 1}"

    def broken(self, why: str) -> NoReturn:
        """Raise BrokenDefinition that names this place."""
        raise BrokenDefinition(f"{self.place}: {why}")

    def text(self) -> str:
        """The scalar exactly as written."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.broken("expected a text")
        return str(self._node.value)

    def choice(self, *allowed: str) -> str:
        """The scalar, which must be one of `allowed`."""
        value = self.text()
        if value not in allowed:
            self.broken(f"{value!r} is none of {', '.join(allowed)}")
        return value

    def flag(self) -> bool:
        """A scalar `true` or `false`, nothing else."""
        return self.choice("true", "false") == "true"

    def whole(self) -> int:
        """A scalar that is an integer."""
        value = self.text()
        try:
            return int(value)
        except ValueError:
            self.broken(f"{value!r} is no whole number")

    def items(self) -> list[Entry]:
        """The entries of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.broken("expected a list")
        return [Entry(node, self._source) for node in self._node.value]

    def texts(self) -> tuple[str, ...]:
        """A list of scalars."""
        return tuple(item.text() for item in self.items())

    def text_or_texts(self) -> tuple[str, ...]:
        """A scalar, or a list of scalars."""
        return self.texts() if isinstance(self._node, yaml.SequenceNode) else (self.text(),)

    def pairs(self) -> dict[str, Entry]:
        """A mapping with free keys; a key given twice is refused."""
        if not isinstance(self._node, yaml.MappingNode):
            self.broken("expected a mapping")
        found: dict[str, Entry] = {}
        for key_node, value_node in self._node.value:
            key = Entry(key_node, self._source)
            if key.text() in found:
                key.broken(f"key {key.text()!r} stands here twice")
            found[key.text()] = Entry(value_node, self._source)
        return found

    def fields(self) -> Fields:
        """A mapping with known keys: take each, then call `done`."""
        return Fields(self, self.pairs())


class Fields:
    """The keys of one mapping, taken one by one; what is left over at `done` is an error."""

    __slots__ = ("_left", "entry")

    def __init__(self, entry: Entry, pairs: dict[str, Entry]) -> None:
        self.entry = entry
        self._left = pairs

    def take(self, key: str) -> Entry:
        """The value of a key that must be there."""
        value = self._left.pop(key, None)
        if value is None:
            self.entry.broken(f"key {key!r} is missing")
        return value

    def get(self, key: str, read: Callable[[Entry], T], default: T) -> T:
        """The value of a key that may be left out."""
        value = self._left.pop(key, None)
        return default if value is None else read(value)

    def done(self) -> None:
        """Refuse keys nobody asked for: a misspelt key must not be read as a missing one."""
        for key, value in self._left.items():
            value.broken(f"unknown key {key!r}")


def read_strict(path: Path) -> Entry:
    """The root of a UTF-8 YAML file. Raises BrokenDefinition with file and line."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BrokenDefinition(f"{path.name}:{line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BrokenDefinition(f"{path.name}: {error}") from error
    if node is None:
        raise BrokenDefinition(f"{path.name}: empty")
    _refuse_anchors(node, path.name)
    return Entry(node, path.name)


def _refuse_anchors(root: yaml.Node, source: str) -> None:
    """A definition is written out in full: the same node met twice is an alias."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            raise BrokenDefinition(
                f"{source}:{node.start_mark.line + 1}: anchors and aliases are not used here"
            )
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
