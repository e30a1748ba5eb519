"""The streams of a VBA project as [MS-OVBA] lays them out, without a performance cache.

Office compiles the source anew when it finds no cache of its own version, so nothing compiled is written:
what is in the file is exactly the text of `macros/`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

LINE_LIMIT = 1023  # characters of one line the VBA editor takes
CONTINUATION_LIMIT = 24  # " _" in one statement

VERSION_STREAM = bytes.fromhex("CC61FFFF000100")  # 2.3.4.1 _VBA_PROJECT: "no cache, compile"

_CHUNK = 4096
_PACKED = 0xB000  # 2.4.1.1.5: signature 0b011, flag 1
_DEPTH = 64  # how many earlier places of three equal bytes a match is looked for at

_REFERENCES = (
    (
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


class Kind(Enum):
    """What a module is, by the word the PROJECT stream has for it (2.3.1.5)."""

    MODULE = "Module"
    CLASS = "Class"
    DOCUMENT = "Document"


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its name, what it is, and its text as the stream holds it (header, CRLF, ASCII)."""

    name: str
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Project:
    """A whole project; `id` is a GUID in braces."""

    name: str
    id: str
    modules: Sequence[Module]
    code_page: int


# compression, 2.4.1


def compress(data: bytes) -> bytes:
    """A CompressedContainer (2.4.1.3.6). ValueError for what does not compress, which text always does.

    Raw chunks would be allowed, but Excel is said to refuse source that begins with one, and a last one would
    be padded: its padding would end up in the text.
    """
    packed = bytearray(b"\x01")
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        tokens = _tokens(chunk)
        if len(tokens) > _CHUNK:
            raise ValueError("incompressible data, which source text never is")
        packed += struct.pack("<H", _PACKED | (len(tokens) - 1)) + tokens
    return bytes(packed)


def _tokens(chunk: bytes) -> bytes:
    """One chunk's token sequences: a flag byte, then eight literals or copy tokens (2.4.1.3.8)."""
    out = bytearray()
    seen: dict[bytes, list[int]] = {}  # where a token began, as Office remembers it
    place = 0
    while place < len(chunk):
        flags, flags_at = 0, len(out)
        out.append(0)
        for bit in range(8):
            if place >= len(chunk):
                break
            # 2.4.1.3.19.1 CopyToken Help: the further in, the more bits the offset takes from the length.
            offset_bits = max((place - 1).bit_length(), 4) if place else 4
            longest = (0xFFFF >> offset_bits) + 3
            candidates = seen.setdefault(chunk[place : place + 3], [])
            length, found = _match(chunk, place, longest, candidates)
            candidates.append(place)
            if length:
                token = ((place - found - 1) << (16 - offset_bits)) | (length - 3)
                out += struct.pack("<H", token)
                flags |= 1 << bit
            else:
                out.append(chunk[place])
            place += length or 1
        out[flags_at] = flags
    return bytes(out)


def _match(chunk: bytes, place: int, longest: int, candidates: list[int]) -> tuple[int, int]:
    """The longest of the candidates, which share three bytes with `place`; the nearest if equal."""
    best, found = 0, 0
    limit = min(longest, len(chunk) - place)
    for candidate in candidates[: -_DEPTH - 1 : -1]:
        length = 3
        while length < limit and chunk[candidate + length] == chunk[place + length]:
            length += 1
        if length > best:
            best, found = length, candidate
            if best == limit:
                break
    return best, found


# the dir stream, 2.3.4.2


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _text_record(number: int, unicode_number: int, text: str, code_page: int) -> bytes:
    """A string twice, in the project's code page and in UTF-16, as most records of `dir` want it."""
    return _record(number, text.encode(f"cp{code_page}")) + _record(unicode_number, text.encode("utf-16-le"))


def dir_stream(project: Project) -> bytes:
    """The `dir` stream, not yet compressed: PROJECTINFORMATION, PROJECTREFERENCES, PROJECTMODULES."""
    page = project.code_page

    def both(number: int, unicode_number: int, text: str) -> bytes:
        return _text_record(number, unicode_number, text, page)

    parts = [
        _record(0x01, struct.pack("<I", 1)),  # PROJECTSYSKIND: Windows; every bitness loads it
        _record(0x02, struct.pack("<I", 0x0409)),  # PROJECTLCID, fixed by 2.3.4.2.1.3
        _record(0x14, struct.pack("<I", 0x0409)),
        _record(0x03, struct.pack("<H", page)),
        _record(0x04, project.name.encode("ascii")),
        both(0x05, 0x40, ""),  # description
        _record(0x06, b"") + _record(0x3D, b""),  # help file, twice
        _record(0x07, struct.pack("<I", 0)),
        _record(0x08, struct.pack("<I", 0)),
        # PROJECTVERSION says "4" where its size should stand, and six bytes follow (2.3.4.2.1.11).
        struct.pack("<HIIH", 0x09, 4, 0x65BE0257, 17),
        both(0x0C, 0x3C, ""),  # constants
    ]
    for name, library in _REFERENCES:  # REFERENCENAME, REFERENCEREGISTERED
        libid = library.encode("ascii")
        parts.append(both(0x16, 0x3E, name))
        parts.append(_record(0x0D, struct.pack("<I", len(libid)) + libid + bytes(6)))
    parts.append(_record(0x0F, struct.pack("<H", len(project.modules))) + _record(0x13, b"\xff\xff"))
    for module in project.modules:  # MODULE, 2.3.4.2.3.2
        parts += [
            both(0x19, 0x47, module.name),
            both(0x1A, 0x32, module.name),  # the stream's name
            both(0x1C, 0x48, ""),
            _record(0x31, struct.pack("<I", 0)),  # the source begins at once: no cache before it
            _record(0x1E, struct.pack("<I", 0)),
            _record(0x2C, b"\xff\xff"),
            _record(0x21 if module.kind is Kind.MODULE else 0x22, b""),
            _record(0x2B, b""),
        ]
    return b"".join(parts) + _record(0x10, b"")


# the PROJECT and PROJECTwm streams, 2.3.1 and 2.3.3


def project_stream(project: Project) -> bytes:
    """The PROJECT stream: the modules, and that the project is neither locked nor hidden."""
    lines = [f'ID="{project.id}"']
    for module in project.modules:
        version = "/&H00000000" if module.kind is Kind.DOCUMENT else ""
        lines.append(f"{module.kind.value}={module.name}{version}")
    lines += [
        f'Name="{project.name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_obfuscated(bytes(4), project.id, 0x1C)}"',  # protection state: none
        f'DPB="{_obfuscated(bytes(1), project.id, 0x3A)}"',  # password: none
        f'GC="{_obfuscated(bytes([0xFF]), project.id, 0x58)}"',  # visible
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
    ]
    lines += [f"{module.name}=0, 0, 0, 0, C" for module in project.modules]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def names_stream(modules: Sequence[Module]) -> bytes:
    """The PROJECTwm stream. It is *not* compressed: Office has dropped whole projects over that."""
    names = (
        module.name.encode("ascii") + b"\0" + module.name.encode("utf-16-le") + b"\0\0" for module in modules
    )
    return b"".join(names) + b"\0\0"


def _obfuscated(data: bytes, project_id: str, seed: int) -> str:
    """Data Encryption (2.4.3.2), in hex; the seed is Office's random choice, fixed here."""
    key = sum(project_id.encode("ascii")) & 0xFF
    out = [seed, seed ^ 2, seed ^ key]  # version 2
    plain_before, before, before_that = key, seed ^ key, seed ^ 2
    ignored = bytes([0x07]) * ((seed & 6) // 2)
    for byte in ignored + struct.pack("<I", len(data)) + data:
        coded = byte ^ ((before_that + plain_before) & 0xFF)
        out.append(coded)
        plain_before, before, before_that = byte, coded, before
    return bytes(out).hex().upper()
