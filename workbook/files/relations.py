"""Relations between a package's parts: which part a relation id means, wherever its target points."""

from __future__ import annotations

import posixpath
from collections import OrderedDict
from typing import NamedTuple
from urllib.parse import unquote

from workbook.files.archive import Archive
from workbook.files.safexml import Attributes, part_events


class Relation(NamedTuple):
    """One relation: its type (a URI), its target as written, and the part it means.

    `part` is the name as stored in the archive; None if the target is external or missing.
    """

    type: str
    target: str
    external: bool
    part: str | None

    def is_a(self, kind: str) -> bool:
        """Whether the type's last word is `kind`; transitional and strict files differ only before it."""
        return self.type.endswith("/" + kind)


def relations_part(part: str) -> str:
    """Where a part's relations stand: "xl/book.xml" → "xl/_rels/book.xml.rels", "" → "_rels/.rels"."""
    folder, _, leaf = part.rpartition("/")
    return f"{folder}/_rels/{leaf}.rels" if folder else f"_rels/{leaf}.rels"


# Excel and WPS write the same few relation parts into every workbook of one template.
_cache: OrderedDict[object, list[tuple[str, str, str, str | None]]] = OrderedDict()
_CACHED, _CACHED_SIZE = 256, 16 * 1024


def relations(archive: Archive, part: str) -> dict[str, Relation]:
    """A part's relations by id in their order ("" for the package's own); empty if it has none.

    Nothing external is followed. Raises UnusableInput if the relations part is no sound XML.
    """
    stored = archive.find(relations_part(part))
    if stored is None:
        return {}
    key = (part, archive.fingerprint(stored))
    written = _cache.get(key)
    if written is None:
        written = _written(archive, part, stored)
        if archive.size(stored) <= _CACHED_SIZE:
            _cache[key] = written
            if len(_cache) > _CACHED:
                _cache.popitem(last=False)
    find = archive.find
    return {
        id_: Relation(type_, target, resolved is None, None if resolved is None else find(resolved))
        for id_, type_, target, resolved in written
    }


def _written(archive: Archive, part: str, stored: str) -> list[tuple[str, str, str, str | None]]:
    """Id, type, target as written and as resolved (None if external) of each relation."""
    found: list[tuple[str, str, str, str | None]] = []

    def start(name: str, attributes: Attributes) -> None:
        if name.endswith("Relationship"):
            get = attributes.get
            target = get("Target", "")
            resolved = None if get("TargetMode") == "External" else resolve(part, target)
            found.append((get("Id", ""), get("Type", ""), target, resolved))

    part_events(archive, stored, start)
    return found


def resolve(part: str, target: str) -> str:
    """The part name a target means, seen from `part`: relative, absolute, with ".." or percent signs.

    A target that climbs out of the package stays inside it, as the URI rules say.
    """
    target = target.partition("#")[0].replace("\\", "/")
    if "%" in target:
        target = unquote(target)
    folder = part.rpartition("/")[0]
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
