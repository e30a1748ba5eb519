"""What goes wrong inside the spreadsheet program, as one Chinese line that says what to do.

Excel's errors come over COM as numbers (HRESULT), often wrapped: the outer one says "an exception occurred",
the inner one which. pywin32's exception class exists on Windows only, so the numbers are looked for in the
arguments of whatever was raised.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from workbook.problems import Problem, UnwritableOutput

# https://learn.microsoft.com/en-us/windows/win32/com/com-error-codes, and Excel's own 0x800A….
_BUSY = frozenset({
    0x800AC472,  # VBA_E_IGNORE: a cell is being edited, a dialog is open
    0x80010001,  # RPC_E_CALL_REJECTED
    0x8001010A,  # RPC_E_SERVERCALL_RETRYLATER
})  # fmt: skip
_GONE = frozenset({
    0x80010108,  # RPC_E_DISCONNECTED
    0x800706BA,  # the RPC server is unavailable
    0x800706BE,  # the remote procedure call failed
    0x800401FD,  # CO_E_OBJNOTCONNECTED
})  # fmt: skip
_REFUSED = frozenset({0x800A03EC})  # Excel's answer to whatever it does not like
_NO_ACCESS = frozenset({0x80070005})

BUSY = "表格程序正忙，或有单元格正在编辑、有对话框开着。请按回车结束编辑、关闭对话框后再按一次。"
GONE = "Excel或这个工作簿已经关闭，没有做完。请重新打开年报再按一次。"
REFUSED = (
    "Excel没有接受这一步。请按回车结束编辑；文件顶端有“启用编辑”的先点它；"
    "工作表受保护的先撤消保护；工作簿是只读或共享的，另存一份再试。"
)
NO_ACCESS = "Excel是以管理员身份打开的，按钮够不着它。请关闭后用平常的方式打开。"

_WORDS = ((_BUSY, BUSY), (_GONE, GONE), (_NO_ACCESS, NO_ACCESS), (_REFUSED, REFUSED))
_HEX = re.compile(r"\b0x(8[0-9A-Fa-f]{7})\b")
_MOST_SHOWN = 120  # characters of a stranger's message


def words_for(error: BaseException) -> str:
    """One line for the user; for a trouble not known, the program's own words behind it."""
    return known_words(error) or f"表格程序没有完成操作：{str(error)[:_MOST_SHOWN]}"


@contextlib.contextmanager
def spoken() -> Iterator[None]:
    """Trouble of the program, whatever it is, as an UnwritableOutput of one line; ours passes as it is."""
    try:
        yield
    except Problem:
        raise
    except Exception as error:
        # COM and UNO errors have no common class; the original is kept for the log.
        raise UnwritableOutput(words_for(error)) from error


def known_words(error: BaseException) -> str | None:
    """One line for a trouble of the program's that we know, None for any other."""
    if type(error).__name__ == "ExcelBusyError":  # xlwings' own, of a private module
        return BUSY
    codes = set(_codes(error.args))
    return next((words for known, words in _WORDS if codes & known), None)


def _codes(said: object) -> Iterator[int]:
    """Every HRESULT in an exception's arguments, signed or not, or written out in a text."""
    if isinstance(said, int):
        yield said & 0xFFFFFFFF
    elif isinstance(said, str):
        yield from (int(digits, 16) for digits in _HEX.findall(said))
    elif isinstance(said, tuple | list):
        for item in said:
            yield from _codes(item)
