"""What may happen to single cells of a form, done to the bytes of its sheets: each as some program writes it.

A change is named and applied to one cell, chosen by number among all cells of a sheet in the file's order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from tests.damaged import FOURTH, SECOND, THIRD
from tests.fuzz.mutations import packed, parts_of

_CELL = re.compile(r'<c r="([A-Z]+\d+)"((?: [a-z]+="[^"]*")*) ?(?:/>|>(.*?)</c>)', re.DOTALL)
_ROW = re.compile(r"<row .*?(?:/>|</row>)", re.DOTALL)
SHEETS = (SECOND, THIRD, FOURTH)


class Change(NamedTuple):
    """One change: which sheet, which of its cells (modulo their number), what, with what figure."""

    sheet: str
    cell: int
    what: str
    figure: int


class _Cell(NamedTuple):
    address: str
    attributes: str
    content: str | None

    @property
    def style(self) -> str:
        found = re.search(r' s="\d+"', self.attributes)
        return found[0] if found else ""

    @property
    def formula(self) -> str:
        found = re.search(r"<f[ >/].*?(?:/>|</f>)", self.content or "", re.DOTALL)
        return found[0] if found else ""

    def written(self, inside: str, type_: str = "", style: str | None = None) -> str:
        head = f'<c r="{self.address}"{self.style if style is None else style}{type_}'
        return f"{head}>{inside}</c>" if inside else f"{head}/>"


def _value(cell: _Cell, figure: int) -> str:
    return cell.written(f"{cell.formula}<v>{figure}</v>")


CHANGES: dict[str, Callable[[_Cell, int], str]] = {
    "空格": lambda cell, _: cell.written(""),
    "空格，斜杠前有空": lambda cell, _: f'<c r="{cell.address}"{cell.style} />',
    "空格，有空的值": lambda cell, _: cell.written("<v></v>"),
    "没有这一格": lambda _, __: "",
    "另一个数": _value,
    "写明是数": lambda cell, figure: cell.written(f"<v>{figure}</v>", ' t="n"'),
    "小数": lambda cell, figure: cell.written(f"<v>{figure}.5</v>"),
    "负数": lambda cell, figure: cell.written(f"<v>-{figure}</v>"),
    "二进制的尾数": lambda cell, figure: cell.written(f"<v>{figure}.30000000000000004</v>"),
    "怪数": lambda cell, figure: cell.written(f"<v>{figure}E999999999</v>"),
    "共享文字": lambda cell, figure: cell.written(f"<v>{figure % 90}</v>", ' t="s"'),
    "没有的共享文字": lambda cell, _: cell.written("<v>99999</v>", ' t="s"'),
    "斜杠": lambda cell, _: cell.written("<is><t>/</t></is>", ' t="inlineStr"'),
    "无": lambda cell, _: cell.written("<is><t>无</t></is>", ' t="inlineStr"'),
    "文字的数": lambda cell, figure: cell.written(f"<is><t>{figure}件</t></is>", ' t="inlineStr"'),
    "表里的标签": lambda cell, _: cell.written("<is><t>总计</t></is>", ' t="inlineStr"'),
    "表里的另一标签": lambda cell, _: cell.written("<is><t>（七）总计</t></is>", ' t="inlineStr"'),
    "标题": lambda cell, _: cell.written("<is><t>三、收到和处理</t></is>", ' t="inlineStr"'),
    "空的文字": lambda cell, _: cell.written("<is><t></t></is>", ' t="inlineStr"'),
    "一个空格的文字": lambda cell, _: cell.written("<v> </v>", ' t="str"'),
    "错误值": lambda cell, _: cell.written("<v>#REF!</v>", ' t="e"'),
    "真假": lambda cell, _: cell.written("<v>1</v>", ' t="b"'),
    "日期": lambda cell, _: cell.written("<v>2024-01-02</v>", ' t="d"'),
    "没有公式": lambda cell, figure: cell.written(f"<v>{figure}</v>"),
    "别的公式": lambda cell, figure: cell.written(f"<f>SUM(A1:D9)</f><v>{figure}</v>"),
    "公式没有值": lambda cell, _: cell.written(cell.formula or "<f>1+2</f>"),
    "公式得文字": lambda cell, _: cell.written(f"{cell.formula or '<f>1+2</f>'}<v>x</v>", ' t="str"'),
    "公式得错误": lambda cell, _: cell.written(f"{cell.formula or '<f>1+2</f>'}<v>#REF!</v>", ' t="e"'),
    "共用公式": lambda cell, figure: cell.written(
        f'<f t="shared" ref="A1:Z99" si="0">A1+B2</f><v>{figure}</v>'
    ),
    "共用公式之一": lambda cell, figure: cell.written(f'<f t="shared" si="0"/><v>{figure}</v>'),
    "别的样式": lambda cell, figure: cell.written(cell.content or "", style=f' s="{figure % 12}"'),
    "没有样式": lambda cell, _: cell.written(cell.content or "", style=""),
    "重复的属性": lambda cell, _: cell.written("<v>1</v>", ' t="n" t="n"'),
    "不认识的前缀": lambda cell, _: cell.written("<v>1</v>", ' x:y="1"'),
    "没有闭合": lambda cell, _: f'<c r="{cell.address}"><v>1</c>',
    "别的地址": lambda cell, figure: cell._replace(address=f"H{figure % 40 + 1}").written("<v>1</v>"),
    "换行": lambda cell, _: cell.written("<v>1</v>") + "\r\n",
    "注释": lambda cell, _: cell.written("<v>1</v>") + "<!-- -->",
}
ROWS = ("多一行", "少一行", "空行", "行高")


def changed(data: bytes, changes: Iterable[Change]) -> bytes:
    """A form with the changes done one after the other, all else as it was."""
    parts = parts_of(data)
    assert parts is not None
    for change in changes:
        name = _part_of(parts, change.sheet)
        text = parts[name].decode("utf-8")
        parts[name] = (_rows if change.what in ROWS else _cell)(text, change).encode("utf-8")
    return packed(parts)


def changed_at(data: bytes, sheet: str, what: Mapping[str, str]) -> bytes:
    """A form with changes done to the cells at some addresses of one sheet."""
    parts = parts_of(data)
    assert parts is not None
    name = _part_of(parts, sheet)

    def cell(match: re.Match[str]) -> str:
        wanted = what.get(match[1])
        return CHANGES[wanted](_Cell(match[1], match[2], match[3]), 7) if wanted else match[0]

    parts[name] = _CELL.sub(cell, parts[name].decode("utf-8")).encode("utf-8")
    return packed(parts)


def _part_of(parts: Mapping[str, bytes], sheet: str) -> str:
    """The part that holds a sheet, whoever wrote the book (sheet5.xml is the fifth)."""
    names = re.findall(r'<sheet [^>]*?name="([^"]+)"', parts["xl/workbook.xml"].decode("utf-8"))
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def _cell(text: str, change: Change) -> str:
    found = list(_CELL.finditer(text))
    if not found:
        return text
    match = found[change.cell % len(found)]
    cell = _Cell(match[1], match[2], match[3])
    return text[: match.start()] + CHANGES[change.what](cell, change.figure) + text[match.end() :]


def _rows(text: str, change: Change) -> str:
    rows = list(_ROW.finditer(text))
    if not rows:
        return text
    match = rows[change.cell % len(rows)]
    if change.what == "空行":
        return text[: match.start()] + f'<row r="{900 + change.figure}"/>' + text[match.start() :]
    if change.what == "行高":
        head = re.sub(r' ht="[^"]*"', "", match[0][: match[0].index(">")])
        taller = match[0].replace(match[0][: match[0].index(">")], f'{head} ht="{change.figure}"', 1)
        return text[: match.start()] + taller + text[match.end() :]
    step = 1 if change.what == "多一行" else -1
    first = int(re.findall(r'r="(\d+)"', match[0])[0])
    after = text[match.start() :] if step > 0 else text[match.end() :]
    moved = re.sub(
        r'(<row r="|<c r="[A-Z]+)(\d+)"',
        lambda found: f'{found[1]}{int(found[2]) + step if int(found[2]) >= first else found[2]}"',
        after,
    )
    return text[: match.start()] + moved
