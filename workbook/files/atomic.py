"""Writing a file so that at every moment the old one or the new one is whole, and never anything else."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from pathlib import Path

from workbook.problems import UnwritableOutput

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}


def replace_file(target: Path, data: bytes, *, backup: bool = False, sync: bool = True) -> Path | None:
    """Put `data` in place of a file (or make it), durably; gives the path of the backup if one was asked for.

    `sync` off trades durability on power failure for speed. Raises UnwritableOutput, one Chinese line; the
    old file is then untouched and no trace is left.
    """
    target = _real(target)
    temporary: Path | None = None
    kept: Path | None = None
    try:
        if target.is_dir():
            raise UnwritableOutput(f"“{target.name}”是文件夹，不能写成文件，请换一个文件名。")
        old = target.stat() if target.exists() else None
        if old is not None and not os.access(target, os.W_OK):
            raise UnwritableOutput(f"“{target.name}”是只读文件，请取消只读属性，或另存到别处。")
        temporary = _written(target, data, old.st_mode if old else None, sync=sync)
        if backup and old is not None:
            kept = _backup(target, sync=sync)
        # Path.replace is the one step that counts: the name means the old file until it means the new one.
        os.replace(temporary, target)  # noqa: PTH105 - the tests stand in for it here
    except OSError as error:
        _forget(temporary)
        _forget(kept)
        raise _explained(target, error) from error
    except BaseException:
        _forget(temporary)
        _forget(kept)
        raise
    if sync:
        _sync_folder(target.parent)
    return kept


def _real(target: Path) -> Path:
    """The file behind a link: replacing the link itself would leave the old file where it was."""
    try:
        return target.resolve()
    except (OSError, RuntimeError) as error:
        raise UnwritableOutput(f"“{target.name}”的位置无法确定，请换一个文件夹。") from error


def _written(target: Path, data: bytes, mode: int | None, *, sync: bool) -> Path:
    """A temporary file beside the target with all the data on the disk."""
    path = target.with_name(f".gouji-{secrets.token_hex(8)}.tmp")
    try:
        with path.open("xb") as stream:
            stream.write(data)
            stream.flush()
            if sync:
                os.fsync(stream.fileno())
        if mode is not None:
            path.chmod(stat.S_IMODE(mode))
    except BaseException:
        _forget(path)
        raise
    return path


def _backup(target: Path, *, sync: bool) -> Path:
    """A copy of the old file under a name that no file bears: 年报.原件.xlsx, 年报.原件2.xlsx …"""
    number = 1
    while True:
        name = f"{target.stem}.原件{number if number > 1 else ''}{target.suffix}"
        copy = target.with_name(name)
        number += 1
        try:
            # A second name for the old file costs nothing and cannot be half done.
            os.link(target, copy)
        except FileExistsError:
            continue
        except OSError:
            if copy.exists():
                continue
            _copied(target, copy, sync=sync)
        return copy


def _copied(target: Path, copy: Path, *, sync: bool) -> None:
    """The way for file systems without hard links."""
    try:
        with target.open("rb") as source, copy.open("xb") as stream:
            shutil.copyfileobj(source, stream)
            stream.flush()
            if sync:
                os.fsync(stream.fileno())
        shutil.copystat(target, copy)
    except FileExistsError:
        raise
    except BaseException:
        _forget(copy)
        raise


def _forget(path: Path | None) -> None:
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power failure, where the system has a way to ask for it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _explained(target: Path, error: OSError) -> UnwritableOutput:
    name, folder = target.name, target.parent
    if error.errno in _FULL:
        return UnwritableOutput(f"磁盘空间不足，“{name}”没有写成，原文件未动；请清理磁盘后重试。")
    if not folder.exists():
        return UnwritableOutput(f"文件夹“{folder}”不存在，请先建立，或换一个位置。")
    if error.errno == errno.ENAMETOOLONG:
        return UnwritableOutput(f"“{name}”的文件名太长，请改短后重试。")
    if error.errno == errno.EROFS or (isinstance(error, PermissionError) and not os.access(folder, os.W_OK)):
        return UnwritableOutput(f"文件夹“{folder}”不允许写入，请取得权限，或换一个文件夹。")
    if isinstance(error, PermissionError):
        # Windows says so of a file that Excel holds open, and of a folder one may not write into.
        return UnwritableOutput(
            f"“{name}”正被Excel等程序打开，或所在文件夹不允许写入；原文件未动，请关闭该文件后重试。"
        )
    return UnwritableOutput(f"“{name}”没有写成（{error.strerror or error}），原文件未动，请换一个位置重试。")
