"""How one entry lies in a zip file, and how entries become a file again.

`archive` reads with these layouts; a writer copies entries with `assemble` and makes new ones with `pack`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

STORED, DEFLATED = 0, 8

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
LOCAL_SIGN, CENTRAL_SIGN, END_SIGN, LOCATOR_SIGN = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x07"
ENCRYPTED = 0x1 | 0x40 | 0x2000
DESCRIPTOR, PATCHED, UTF8 = 0x8, 0x20, 0x800
NOT_HERE = 0xFFFFFFFF  # the true value stands in the zip64 extra field
_OFFSET_AT = 42  # where a central record keeps its entry's offset


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry exactly as it lies in the file, for a writer that copies it byte for byte.

    In the file stand `local` (header, name, extra), `data` (as packed) and `tail` (data descriptor,
    padding), and in the directory at the end `central`, whose offset `assemble` sets.
    """

    name: str
    method: int
    flags: int
    crc: int
    size: int
    local: bytes
    data: bytes
    tail: bytes
    central: bytes


def pack(name: str, content: bytes, like: RawEntry | None = None) -> RawEntry:
    """A new entry for `assemble`; `like` lends its compression, time and attributes."""
    method = like.method if like else DEFLATED
    stored_name = name.encode("utf-8")
    flags = 0 if name.isascii() else UTF8
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    data = packer.compress(content) + packer.flush() if method == DEFLATED else content
    crc = zlib.crc32(content)
    # 1980-01-01, the earliest a zip can say: the same input gives the same bytes.
    made_by, clock, day, inner, outer = 20, 0, 0x21, 0, 0
    if like:
        old = CENTRAL.unpack_from(like.central)
        made_by, clock, day, inner, outer = old[1], old[5], old[6], old[14], old[15]
    facts = (method, clock, day, crc, len(data), len(content), len(stored_name))
    local = LOCAL.pack(LOCAL_SIGN, 20, flags, *facts, 0) + stored_name
    central = CENTRAL.pack(CENTRAL_SIGN, made_by, 20, flags, *facts, 0, 0, 0, inner, outer, 0) + stored_name
    return RawEntry(name, method, flags, crc, len(content), local, data, b"", central)


def assemble(entries: Iterable[RawEntry], comment: bytes = b"") -> bytes:
    """A whole zip file of these entries in this order; copied entries keep every byte but their offset."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    position = 0
    for entry in entries:
        central = bytearray(entry.central)
        struct.pack_into("<I", central, _OFFSET_AT, position)
        directory.append(bytes(central))
        for piece in (entry.local, entry.data, entry.tail):
            pieces.append(piece)
            position += len(piece)
    size = sum(map(len, directory))
    end = END.pack(END_SIGN, 0, 0, len(directory), len(directory), size, position, len(comment))
    return b"".join([*pieces, *directory, end, comment])
