"""What lies in the inbox: every file at any depth, members of zips included; nothing is skipped in silence.

Only names and first bytes are looked at here; reading is the workers' business. Zips are opened within
limits and to a depth of three; a member is copied out under its digest, its name never becomes a path.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from workbook.campaign.folder import make_folder
from workbook.campaign.records import Fate, Submission
from workbook.files.archive import Archive
from workbook.files.atomic import replace_file
from workbook.files.limits import MEGABYTE, Limits
from workbook.files.recognise import other_kind
from workbook.files.zipentry import CENTRAL, LOCAL_SIGN, UTF8
from workbook.form.labels import legible
from workbook.problems import UnusableInput

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
# What `open_filing` may be able to read; it says itself what it cannot.
READABLE = WORKBOOKS | {".docx", ".html", ".htm", ".pdf", ".txt", ".json", ".csv"}
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")

# Formats that are named to the sender by their suffix, whatever their first bytes say.
_ADVICE = {
    **dict.fromkeys((".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"), "是压缩包，请解压后重发"),
    **dict.fromkeys((".xls", ".et", ".ett", ".xlsb", ".ods", ".numbers"), "请用Excel或WPS另存为xlsx后重发"),
    **dict.fromkeys((".doc", ".wps", ".wpt", ".rtf", ".odt"), "请填报下发的表，或另存为docx后重发"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff"), "是图片，请报下发的xlsx表"),
    **dict.fromkeys((".eml", ".msg"), "是邮件，请把附件另存出来后放入收件箱"),
    **dict.fromkeys((".lnk", ".url"), "是快捷方式，请放入文件本身"),
    ".ofd": "是OFD版式文件，请报下发的xlsx表",
    ".ppt": "是演示文稿，请报下发的xlsx表",
    ".pptx": "是演示文稿，请报下发的xlsx表",
}  # fmt: skip
_IGNORED = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})

_ZIP_LIMITS = Limits(
    file_size=256 * MEGABYTE, entries=4_000, unpacked=1024 * MEGABYTE, part_size=64 * MEGABYTE
)
_DEEPEST_ZIP = 3
_LARGEST_HASHED = 512 * MEGABYTE
_DEEPEST_FOLDER = 40


@dataclass(frozen=True, slots=True)
class HandedIn:
    """How a report came through the desk: by which unit's link, and what the unit says of its findings."""

    unit: str
    said: tuple[tuple[str, str], ...] = ()  # finding keys (joined where they share a row) and the words


@dataclass(frozen=True, slots=True)
class Arrived:
    """One received thing: where it came from, where its bytes are, its fate where that is plain already."""

    key: str
    path: str
    name: str
    sha256: str
    size: int
    arrived: datetime  # when the file (for a member: its zip) was put there
    saved: datetime  # when it was last written, as far as the outside tells
    location: Path
    fate: Fate | None = None  # None: to be read
    why: str = ""
    handed_in: HandedIn | None = None


def receipt_key(path: str, digest: str) -> str:
    """The key of a received thing, from its path in the ledger and its content alone."""
    return hashlib.sha256(f"{path}\0{digest}".encode("utf-8", "surrogateescape")).hexdigest()[:20]


def arrived_by_link(submission: Submission, location: Path) -> Arrived:
    """A report handed in through the desk; when that was is known to the moment, whatever the file says."""
    return Arrived(
        submission.key, submission.path, submission.name, submission.sha256, submission.size,
        submission.at, submission.at, location,
        handed_in=HandedIn(submission.unit, tuple(sorted(submission.said.items()))),
    )  # fmt: skip


def walk(root: Path, label: str, unpacked: Path) -> Iterator[Arrived]:
    """Everything below a folder, sorted by path; `label` begins every path ("inbox/…").

    Raises UnwritableOutput where a zip's members cannot be put aside.
    """
    for path, shown in _files(root, label):
        yield from _arrived(path, shown, unpacked)


def _files(root: Path, label: str) -> Iterator[tuple[Path, str]]:
    found: list[tuple[str, Path]] = []
    waiting = [(root, label, 0)]
    while waiting:
        folder, shown, depth = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            found.append((shown + "/", folder))
            continue
        for entry in entries:
            name = f"{shown}/{entry.name}"
            if entry.is_dir(follow_symlinks=False) and depth < _DEEPEST_FOLDER:
                waiting.append((Path(entry.path), name, depth + 1))
            else:
                found.append((name, Path(entry.path)))
    for shown, path in sorted(found):
        yield path, shown


def _arrived(path: Path, shown: str, unpacked: Path) -> Iterator[Arrived]:
    ignored = _is_ignored(PurePosixPath(shown).name)
    try:
        facts = path.stat(follow_symlinks=False)
        when = datetime.fromtimestamp(int(facts.st_mtime), UTC)
        plain_file = path.is_file() and not path.is_symlink()
    except OSError as error:
        yield _row(shown, "", 0, datetime.fromtimestamp(0, UTC), path, Fate.UNREADABLE, _no_access(error))
        return
    if not plain_file:
        yield _row(shown, "", 0, when, path, Fate.UNREADABLE, "不是普通文件（链接或打不开的文件夹），没有读")
        return
    if ignored:
        yield _row(shown, "", facts.st_size, when, path, Fate.IGNORED, "程序的临时文件")
        return
    try:
        head, digest = _digest(path, facts.st_size)
    except OSError as error:
        yield _row(shown, "", facts.st_size, when, path, Fate.UNREADABLE, _no_access(error))
        return
    row = _row(shown, digest, facts.st_size, when, path)
    yield from _sorted_out(row, head, unpacked, 1)


def _no_access(error: OSError) -> str:
    return f"无权读取或正被其他程序占用（{error.strerror or '读取出错'}），请关闭该文件后重新核查"


def _digest(path: Path, size: int) -> tuple[bytes, str]:
    """First bytes and SHA-256; of a file beyond any report's size the first bytes only."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        head = stream.read(4096)
        if size > _LARGEST_HASHED:
            return head, hashlib.sha256(head + str(size).encode("ascii")).hexdigest()
        digest.update(head)
        while block := stream.read(MEGABYTE):
            digest.update(block)
    return head, digest.hexdigest()


def _row(
    shown: str, digest: str, size: int, when: datetime, path: Path, fate: Fate | None = None, why: str = ""
) -> Arrived:
    key = receipt_key(shown, digest)
    shown = shown.encode("utf-8", "replace").decode("utf-8")
    return Arrived(key, shown, PurePosixPath(shown).name, digest, size, when, when, path, fate, why)


def _is_ignored(name: str) -> bool:
    lower = name.lower()
    return lower in _IGNORED or name.startswith(("~$", ".~", "._", ".gouji-"))


def _sorted_out(row: Arrived, head: bytes, unpacked: Path, depth: int) -> Iterator[Arrived]:
    """What is to be read, what is to be sent again, and the members of a zip."""
    suffix = PurePosixPath(row.name).suffix.lower()
    if suffix in _ADVICE:
        # A workbook under a wrong name is still a workbook.
        if not (head.startswith(LOCAL_SIGN) and suffix in (".xls", ".et")):
            yield _judged(row, Fate.OTHER_FORMAT, f"{suffix}文件不能读，{_ADVICE[suffix]}")
            return
    elif head.startswith(LOCAL_SIGN) and suffix not in READABLE:
        yield from _members(row, unpacked, depth)
        return
    elif suffix not in READABLE:
        kind = other_kind(head) if head else "是空文件（0字节），请重新导出后再发"
        yield _judged(row, Fate.OTHER_FORMAT, kind)
        return
    yield row


def _judged(row: Arrived, fate: Fate, why: str) -> Arrived:
    return Arrived(
        row.key, row.path, row.name, row.sha256, row.size, row.arrived, row.saved, row.location, fate, why
    )


def _members(row: Arrived, unpacked: Path, depth: int) -> Iterator[Arrived]:
    """A zip as one row, then its members; a package that is a document after all is read as one."""
    try:
        if row.size > _ZIP_LIMITS.file_size:
            raise UnusableInput(f"“{row.name}”太大，请分开重发。")
        with Archive(row.location.read_bytes(), row.name, _ZIP_LIMITS) as archive:
            if archive.find("[Content_Types].xml") is not None:
                yield row
                return
            if depth > _DEEPEST_ZIP:
                yield _judged(row, Fate.OTHER_FORMAT, f"压缩包套了{_DEEPEST_ZIP}层以上，请解压后重发")
                return
            yield _judged(row, Fate.ARCHIVE, "")
            names = sorted((_member_name(archive, name), name) for name in archive.names)
            for shown, name in names:
                if not shown.endswith("/"):
                    yield from _member(row, archive, shown, name, unpacked, depth)
    except UnusableInput as problem:
        yield _judged(row, Fate.UNREADABLE, str(problem))
    except OSError as error:
        yield _judged(row, Fate.UNREADABLE, _no_access(error))


def _member(
    row: Arrived, archive: Archive, shown: str, name: str, unpacked: Path, depth: int
) -> Iterator[Arrived]:
    path = f"{row.path}!{shown}"
    last = PurePosixPath(shown).name
    if _is_ignored(last) or shown.startswith("__MACOSX/"):
        yield _row(path, "", archive.size(name), row.arrived, row.location, Fate.IGNORED, "程序的临时文件")
        return
    try:
        content = archive.read(name)
    except UnusableInput as problem:
        yield _row(path, "", archive.size(name), row.arrived, row.location, Fate.UNREADABLE, str(problem))
        return
    digest = hashlib.sha256(content).hexdigest()
    suffix = PurePosixPath(last).suffix.lower()
    suffix = suffix if _SUFFIX.fullmatch(suffix) else ""
    location = unpacked / digest[:2] / f"{digest}{suffix}"
    if not location.is_file():
        make_folder(location.parent)
        replace_file(location, content, sync=False)
    member = _row(path, digest, len(content), row.arrived, location)
    saved = _entry_time(archive, name)
    if saved is not None and saved <= row.arrived:
        member = Arrived(
            member.key, member.path, member.name, digest, member.size, row.arrived, saved, location
        )
    yield from _sorted_out(member, content[:4096], unpacked, depth + 1)


def _member_name(archive: Archive, name: str) -> str:
    """A member's name as its sender saw it: Windows zips write GBK without saying so."""
    central = archive.raw(name).central
    facts = CENTRAL.unpack_from(central)
    flags, length = facts[3], facts[10]
    raw = central[CENTRAL.size : CENTRAL.size + length]
    text = name
    if not flags & UTF8:
        for encoding in ("utf-8", "gb18030"):
            try:
                text = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return legible(text.replace("\\", "/").lstrip("/"), 300)


def _entry_time(archive: Archive, name: str) -> datetime | None:
    """When a member was written, by the zip's clock (local time, two seconds fine)."""
    facts = CENTRAL.unpack_from(archive.raw(name).central)
    clock, day = facts[5], facts[6]
    try:
        local = datetime(  # noqa: DTZ001 - the zip says no zone: it is the sender's, taken for ours
            (day >> 9) + 1980, day >> 5 & 15, day & 31, clock >> 11, clock >> 5 & 63, (clock & 31) * 2
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
