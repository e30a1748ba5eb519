"""Compound files, the container of vbaProject.bin: written after [MS-CFB], version 3, 512 byte sectors.

The same tree always gives the same bytes: no times, no ids, streams laid down in the order given.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

Tree = Mapping[str, "bytes | Tree"]

_SECTOR, _MINI_SECTOR, _CUTOFF = 512, 64, 4096  # 2.2: smaller streams lie in the mini stream
_PER_SECTOR = _SECTOR // 4  # sector numbers in one FAT sector
_IN_HEADER = 109  # FAT sectors the header can name; enough for 7 MB
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_BLACK = 1
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_HEADER = struct.Struct("<8s16s5H6s9I")
_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclass(slots=True)
class _Entry:
    """One directory entry (2.6.1)."""

    name: str
    kind: int
    data: bytes = b""
    children: list[_Entry] = field(default_factory=list)
    number: int = 0
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = _END
    size: int = 0

    @property
    def key(self) -> tuple[int, str]:
        """The order of siblings (2.6.4): the shorter name first, then upper-cased."""
        return len(self.name), self.name.upper()

    def packed(self) -> bytes:
        """The entry's 128 bytes; a storage has no sectors of its own."""
        name = self.name.encode("utf-16-le")
        start = 0 if self.kind == _STORAGE else self.start
        return _ENTRY.pack(
            name, len(name) + 2, self.kind, _BLACK, self.left, self.right, self.child, b"", 0, 0, 0, start,
            self.size,
        )  # fmt: skip


_UNUSED = _ENTRY.pack(b"", 0, 0, 0, _NONE, _NONE, _NONE, b"", 0, 0, 0, 0, 0)


class _Sectors:
    """The sectors after the header, each with its entry in the allocation table (2.3)."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.chain: list[int] = []

    def put(self, stream: bytes) -> int:
        """Lay a stream down and return its first sector."""
        first = len(self.chain)
        count = -(-len(stream) // _SECTOR)
        self.data += stream.ljust(count * _SECTOR, b"\0")
        self.chain += _chained(first, count)
        return first if count else _END


def _chained(first: int, count: int) -> list[int]:
    """The table's entries for consecutive sectors: each names the next, the last the end."""
    return [*range(first + 1, first + count), _END] if count else []


def compound_file(tree: Tree) -> bytes:
    """The bytes of a compound file with these streams (bytes) and storages (mappings).

    Raises ValueError for a name the format does not allow, two of one name, and more than 7 MB.
    """
    root = _Entry("Root Entry", _ROOT)
    entries = [root]
    _collect(root, tree, entries)
    for number, entry in enumerate(entries):
        entry.number = number
    for entry in entries:
        entry.child = _search_tree(sorted(entry.children, key=lambda child: child.key))
    sectors = _Sectors()
    mini_table = _put_streams(root, entries, sectors)
    mini_start = sectors.put(mini_table)
    directory = b"".join(entry.packed() for entry in entries) + _UNUSED * (-len(entries) % 4)
    directory_start = sectors.put(directory)
    return _closed(sectors, directory_start, mini_start, len(mini_table) // _SECTOR)


def _collect(parent: _Entry, tree: Tree, entries: list[_Entry]) -> None:
    """Give `parent` an entry for each stream and storage of the tree, and list them depth first."""
    for name, content in tree.items():
        # 2.6.1 bars the four signs. Only ASCII here, so that upper-casing is everywhere the same.
        if not name.isascii() or not 1 <= len(name) <= 31 or set(name) & set("/\\:!"):
            raise ValueError(f"no name for an entry of a compound file: {name!r}")
        if any(child.name.upper() == name.upper() for child in parent.children):
            raise ValueError(f"two entries named {name!r}")
        stream = isinstance(content, bytes)
        entry = _Entry(name, _STREAM if stream else _STORAGE)
        parent.children.append(entry)
        entries.append(entry)
        if isinstance(content, bytes):
            entry.data = content
        else:
            _collect(entry, content, entries)


def _search_tree(siblings: list[_Entry]) -> int:
    """Link sorted siblings into a binary tree and return its root; all black, as 2.6.4 allows."""
    if not siblings:
        return _NONE
    middle = len(siblings) // 2
    top = siblings[middle]
    top.left, top.right = _search_tree(siblings[:middle]), _search_tree(siblings[middle + 1 :])
    return top.number


def _put_streams(root: _Entry, entries: list[_Entry], sectors: _Sectors) -> bytes:
    """Lay down the streams, the small ones together in the root's mini stream; gives the mini FAT (2.4)."""
    mini_stream = bytearray()
    mini_chain: list[int] = []
    for entry in entries:
        if entry.kind != _STREAM:
            continue
        entry.size = len(entry.data)
        if entry.size >= _CUTOFF:
            entry.start = sectors.put(entry.data)
        elif entry.size:
            entry.start = len(mini_chain)
            count = -(-entry.size // _MINI_SECTOR)
            mini_chain += _chained(entry.start, count)
            mini_stream += entry.data.ljust(count * _MINI_SECTOR, b"\0")
    root.start, root.size = sectors.put(bytes(mini_stream)), len(mini_stream)
    return _table(mini_chain)


def _table(chain: list[int]) -> bytes:
    """An allocation table in whole sectors, free places at its end."""
    padded = chain + [_FREE] * (-len(chain) % _PER_SECTOR)
    return struct.pack(f"<{len(padded)}I", *padded)


def _closed(sectors: _Sectors, directory_start: int, mini_start: int, mini_count: int) -> bytes:
    """Header, sectors, and last the FAT, which has entries for its own sectors too (2.2, 2.3)."""
    used = len(sectors.chain)
    count = 0
    while count * _PER_SECTOR < used + count:
        count += 1
    if count > _IN_HEADER:
        raise ValueError(f"{used * _SECTOR} bytes are too many for a compound file without a DIFAT chain")
    header = _HEADER.pack(
        _SIGNATURE, b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, count, directory_start, 0, _CUTOFF, mini_start,
        mini_count, _END, 0,
    )  # fmt: skip
    places = [used + number for number in range(count)] + [_FREE] * (_IN_HEADER - count)
    fat = _table(sectors.chain + [_FAT] * count)
    return header + struct.pack(f"<{_IN_HEADER}I", *places) + bytes(sectors.data) + fat
