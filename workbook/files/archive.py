"""The only door to zip files: opens what may be broken or hostile, within stated limits.

Nothing is ever unpacked to disk, no entry name ever becomes a path, nothing nested is opened.
"""

from __future__ import annotations

import os
import struct
import zlib
from bisect import bisect_left
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import unquote

from workbook.files.limits import DEFAULT, MEGABYTE, TOO_LARGE, Limits, file_bytes, too_large
from workbook.files.partnames import names, plain_name, safe_name
from workbook.files.recognise import other_kind, other_package
from workbook.files.zipentry import (
    CENTRAL,
    CENTRAL_SIGN,
    DEFLATED,
    DESCRIPTOR,
    ENCRYPTED,
    END,
    END_SIGN,
    LOCAL,
    LOCAL_SIGN,
    LOCATOR_SIGN,
    NOT_HERE,
    PATCHED,
    STORED,
    UTF8,
    RawEntry,
    assemble,
    pack,
)
from workbook.problems import UnusableInput

__all__ = ["DEFAULT", "DEFLATED", "STORED", "Archive", "Limits", "RawEntry", "assemble", "pack"]


# The fields the checks need, the others passed over.
_FACTS = struct.Struct("<4s4xHH4x3I3H8xI")
_LOCAL_FACTS = struct.Struct("<4s2xHH4xI4xI2H")
_LATEST_VERSION = 63
_BROKEN = "文件不完整或已损坏，请用Excel或WPS打开原件，另存为xlsx后重交"


class _Entry(NamedTuple):
    name: str
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    offset: int
    start: int  # of the packed data
    central: bytes


class Archive:
    """One zip package held in memory, its directory checked; parts are unpacked on demand."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        """Use `open`, which refuses what is no workbook; this checks the zip directory only."""
        self.name = name
        self.limits = limits
        self._data = data
        self._entries: dict[str, _Entry] = {}
        self._alike: dict[str, str] = {}  # lower case, forward slashes → the name as stored
        self._proved: set[str] = set()
        self.comment = b""
        self._directory = 0
        self._starts: list[int] = []  # where entries begin, and last the directory
        self._read_directory()

    @classmethod
    def open(
        cls, source: str | os.PathLike[str] | bytes, limits: Limits = DEFAULT, *, name: str | None = None
    ) -> Self:
        """Open a workbook package from a path or from bytes (`name` is what messages call it).

        Raises UnusableInput, one Chinese line, for whatever is no intact .xlsx/.xlsm within the limits.
        """
        if isinstance(source, bytes):
            name, data = name or "工作簿", source
            if len(data) > limits.file_size:
                raise too_large(name, limits)
        else:
            path = Path(source)
            name = name or path.name
            data = file_bytes(path, name, limits)
        if not data:
            raise UnusableInput(f"“{name}”是空文件（0字节），请重新导出或另存后重交。")
        if not data.startswith(LOCAL_SIGN):
            raise UnusableInput(f"“{name}”{other_kind(data)}。")
        archive = cls(data, name, limits)
        archive._refuse_other_packages()
        return archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the bytes; reading afterwards is a programming error."""
        self._data = b""
        self._entries.clear()
        self._alike.clear()

    @property
    def names(self) -> tuple[str, ...]:
        """Every entry's name as stored, in the order of the directory (folders end in "/")."""
        return tuple(self._entries)

    def __contains__(self, part: object) -> bool:
        return part in self._entries

    def find(self, part: str) -> str | None:
        """The stored name of a part whatever its case, slashes or leading "/" (OPC names ignore case)."""
        if part in self._entries:
            return part
        return self._alike.get(plain_name(part).lstrip("/"))

    def size(self, part: str) -> int:
        """A part's unpacked size in bytes, as the directory declares it (and `read` enforces)."""
        return self._entry(part).size

    def read(self, part: str) -> bytes:
        """A part's content, its length and CRC proved; KeyError if there is no such part."""
        entry = self._entry(part)
        packed = self._data[entry.start : entry.start + entry.packed]
        if entry.method == DEFLATED:
            unpacker = zlib.decompressobj(-15)
            try:
                content = unpacker.decompress(packed, entry.size + 1)
            except zlib.error as error:
                raise self.broken(f"{entry.name}无法解压") from error
            if unpacker.unused_data or not unpacker.eof:
                raise self.broken(f"{entry.name}长度不符")
        else:
            content = packed
        if len(content) != entry.size:
            raise self.broken(f"{entry.name}长度不符")
        if zlib.crc32(content) != entry.crc:
            raise self.broken(f"{entry.name}校验码不符")
        self._proved.add(part)
        return content

    def prove(self) -> None:
        """Prove every entry that has not been read: a file damaged anywhere is damaged.

        Raises UnusableInput. What thousands of workbooks have in common (themes, relations) is proved once.
        """
        for name in self._entries:
            if name in self._proved or name.endswith("/"):
                continue
            entry = self._entry(name)
            known = self.fingerprint(name) if entry.packed <= _SMALL else None
            if known is None or known not in _sound:
                self.read(name)
                if known is not None:
                    if len(_sound) >= _MOST_SOUND:
                        _sound.clear()
                    _sound.add(known)

    def fingerprint(self, part: str) -> tuple[int, int, int, bytes]:
        """Method, CRC, size, packed bytes: what was once read soundly reads the same wherever these are."""
        entry = self._entry(part)
        return entry.method, entry.crc, entry.size, self._data[entry.start : entry.start + entry.packed]

    def raw(self, part: str) -> RawEntry:
        """An entry's bytes in the file, for `assemble`; KeyError if there is no such part."""
        entry = self._entry(part)
        end = entry.start + entry.packed
        following = self._starts[bisect_left(self._starts, end)]
        return RawEntry(
            entry.name,
            entry.method,
            entry.flags,
            entry.crc,
            entry.size,
            self._data[entry.offset : entry.start],
            self._data[entry.start : end],
            self._data[end:following],
            entry.central,
        )

    def _entry(self, part: str) -> _Entry:
        return self._entries[part]

    def broken(self, what: str) -> UnusableInput:
        """The error for a damaged file, to be raised by whoever finds the damage; `what` goes in brackets."""
        return UnusableInput(f"“{self.name}”{_BROKEN}（{what}）。")

    def refuse(self, what: str, remedy: str) -> UnusableInput:
        """The error for a file that is refused: what it is or has, and what to do."""
        return UnusableInput(f"“{self.name}”{what}，{remedy}。")

    def _read_directory(self) -> None:
        limits = self.limits
        count, size, start = self._find_directory()
        if count > limits.entries:
            raise self.refuse(f"含{count}个部件，超过上限{limits.entries}个", TOO_LARGE)
        self._directory = start
        position, end, total = start, start + size, 0
        spans: list[tuple[int, int]] = []
        for _ in range(count):
            entry, plain, position = self._read_entry(position, end)
            unpacked = entry.size
            if plain in self._alike:
                raise self.broken(f"部件{entry.name}出现两次")
            total += unpacked
            if unpacked > limits.ratio_from and unpacked > limits.ratio * entry.packed:
                raise self.refuse("压缩比异常，疑似压缩炸弹，未予打开", "请用Excel或WPS打开原件，另存后重交")
            if unpacked > limits.part_size or total > limits.unpacked:
                megabytes = min(limits.part_size, limits.unpacked) // MEGABYTE
                raise self.refuse(f"解压后过大（上限{megabytes}MB）", TOO_LARGE)
            self._entries[entry.name] = entry
            self._alike[plain] = entry.name
            if "%" in plain:  # targets come unquoted; a name may be stored either way
                self._alike.setdefault(unquote(plain), entry.name)
            spans.append((entry.offset, entry.start + entry.packed))
        if position != end:
            raise self.broken("目录长度不符")
        # Entries that overlap are the other way to build a bomb, and never honest.
        spans.sort()
        last = 0
        for first, beyond in spans:
            if first < last:
                raise self.broken("部件互相重叠")
            last = beyond
        if last > start:
            raise self.broken("部件互相重叠")
        self._starts = [*(first for first, _ in spans), start]

    def _find_directory(self) -> tuple[int, int, int]:
        """Number of entries, size and offset of the central directory, as its end record says."""
        data = self._data
        at = data.rfind(END_SIGN, max(0, len(data) - END.size - 0xFFFF))
        if at < 0 or at + END.size > len(data):
            raise self.broken("缺少结尾，可能没有传完")
        _, disk, first_disk, here, count, size, start, length = END.unpack_from(data, at)
        if at + END.size + length > len(data):
            raise self.broken("缺少结尾，可能没有传完")
        self.comment = data[at + END.size : at + END.size + length]
        end = at
        if data[at - 20 : at - 16] == LOCATOR_SIGN:  # zip64: some stream writers use it for small files too
            end = int.from_bytes(data[at - 12 : at - 4], "little")
            if end + 56 != at - 20 or data[end : end + 4] != b"PK\x06\x06":
                raise self.broken("目录位置不符")
            here, count, size, start = struct.unpack_from("<4Q", data, end + 24)
        if disk not in (0, 0xFFFF) or first_disk not in (0, 0xFFFF) or here != count:
            raise self.broken("是分卷压缩包的一卷")
        # A directory that does not end where its end record begins belongs to a spliced or padded file.
        if start + size != end:
            raise self.broken("目录位置不符")
        return count, size, start

    def _read_entry(self, position: int, end: int) -> tuple[_Entry, str, int]:
        data = self._data
        if position + CENTRAL.size > end:
            raise self.broken("目录不完整")
        (sign, flags, method, crc, packed, size, n_name, n_extra, n_comment, offset) = _FACTS.unpack_from(
            data, position
        )
        beyond = position + CENTRAL.size + n_name + n_extra + n_comment
        if sign != CENTRAL_SIGN or beyond > end:
            raise self.broken("目录不完整")
        name_at = position + CENTRAL.size
        name_bytes = data[name_at : name_at + n_name]
        if flags & UTF8 or name_bytes.isascii():
            name, plain = names[name_bytes]
        else:
            name, plain = safe_name(name_bytes.decode("cp437"))
        if not name:
            raise self.refuse(
                "含有指向文件之外或无法识别的部件名，未予打开", "请用Excel或WPS打开原件，另存后重交"
            )
        if NOT_HERE in (packed, size, offset):
            extra = data[name_at + n_name : name_at + n_name + n_extra]
            size, packed, offset = self._wide(extra, size, packed, offset)
        if flags & ENCRYPTED:
            raise self.refuse("设有压缩包密码", "请取消密码后重交")
        # Besides the method a version is stated; later than 6.3 there is none that a reader could know.
        if method not in (STORED, DEFLATED) or flags & PATCHED or data[position + 6] > _LATEST_VERSION:
            raise self.broken(f"{name}的压缩方式不受支持")
        if offset + LOCAL.size > self._directory:
            raise self.broken(f"{name}位置不符")
        sign, local_flags, local_method, local_crc, local_size, n_local, n_extra = _LOCAL_FACTS.unpack_from(
            data, offset
        )
        name_at = offset + LOCAL.size
        start = name_at + n_local + n_extra
        # Both headers must tell the same story, else two readers would see two different workbooks.
        if (
            sign != LOCAL_SIGN
            or local_method != method
            or local_flags & (ENCRYPTED | PATCHED)
            or data[name_at : name_at + n_local] != name_bytes
            or start + packed > self._directory
            or not (local_flags & DESCRIPTOR or (local_crc == crc and local_size in (size, NOT_HERE)))
        ):
            raise self.broken(f"{name}前后记录不符")
        entry = _Entry(name, method, flags, crc, packed, size, offset, start, data[position:beyond])
        return entry, plain, beyond

    def _wide(self, extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
        """Sizes and offset with those that did not fit taken from the zip64 extra field."""
        at = 0
        while at + 4 <= len(extra):
            tag, length = struct.unpack_from("<2H", extra, at)
            if tag == 1:
                wide = extra[at + 4 : at + 4 + length]
                values = []
                for value in (size, packed, offset):
                    if value == NOT_HERE and len(wide) >= 8:
                        values.append(int.from_bytes(wide[:8], "little"))
                        wide = wide[8:]
                    else:
                        values.append(value)
                return values[0], values[1], values[2]
            at += 4 + length
        raise self.broken("目录不完整")

    def _refuse_other_packages(self) -> None:
        """Say what a zip is that holds no workbook."""
        if "xl/workbook.xml" in self._alike and "[content_types].xml" in self._alike:
            return
        kind = other_package(self._alike, lambda part: self.read(self._alike[part]))
        if kind:
            raise UnusableInput(f"“{self.name}”{kind}。")


# Method, CRC, size and packed bytes of entries once proved.
_sound: set[tuple[int, int, int, bytes]] = set()
_SMALL, _MOST_SOUND = 32 * 1024, 1_024
