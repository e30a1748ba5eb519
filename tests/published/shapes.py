"""Shapes in which the text of published pages is met when their tables are flattened, with made-up figures.

Each takes a report and gives its text. They follow what copying a page, saving it as text, or a search
engine's and an e-book's conversion leave of merged cells, blanks, headers and page ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from tests.published.layouts import Report, cell_a_line, filled, pipes
from tests.published.printed import Printed, Rows
from workbook.published.wording import _SIMPLIFIED, _TRADITIONAL

Shape = Callable[[Report], str]


def _text(report: Report, table: Callable[[Rows], list[str]], gap: str = "\n") -> str:
    lines: list[str] = []
    for kind, content in report.parts():
        lines += [str(content)] if kind != "table" else table(content)  # type: ignore[arg-type]
    return gap.join(lines) + "\n"


def of_tables(table: Callable[[Rows], list[str]], gap: str = "\n") -> Shape:
    """A shape that only sets the tables."""
    return lambda report: _text(report, table, gap)


def _widest(rows: Rows) -> int:
    return max(sum(cell.across for cell in row) for row in rows)


def _surplus(rows: Rows, row: list[Printed]) -> int:
    """Pipes that merged columns and cells reaching down leave behind a row."""
    return max(0, _widest(rows) - len(row))


def half(text: str) -> str:
    """Brackets, colons and commas in half width, as converted text has them."""
    return text.translate(str.maketrans("（）：，；", "():,;"))


def converted(rows: Rows) -> list[str]:
    """label | 0 | 0 | 0 |||: a blank for every cell the row lacks, in one bunch at its end."""
    return [
        half(" | ".join(cell.text for cell in row) + " | " + "|" * _surplus(rows, row)).rstrip(" ")
        for row in rows
    ]


def converted_opened(rows: Rows) -> list[str]:
    return ["| " + line + " " for line in converted(rows)]


def cell_and_bunch(rows: Rows) -> list[str]:
    """One cell a line before its pipe, a blank cell as the pipe alone, merged ones as a bunch of them."""
    lines: list[str] = []
    for row in rows:
        lines += [f"{half(cell.text)} |" if cell.text else "|" for cell in row]
        if _surplus(rows, row):
            lines.append("|" * _surplus(rows, row))
    return lines


def no_last_pipe(rows: Rows) -> list[str]:
    lines = converted(rows)
    return [*lines[:-1], lines[-1].rstrip("| ")]


def separated(sign: str, end: str = "") -> Callable[[Rows], list[str]]:
    """Cells with a sign between them."""
    return lambda rows: [sign.join(cell.text for cell in row) + end for row in rows]


def bracketed(rows: Rows) -> list[str]:
    return ["".join(f"【{cell.text}】" for cell in row) for row in rows]


def label_colon(rows: Rows) -> list[str]:
    """规章：0、0、0; headers with commas between."""
    lines = []
    for row in rows:
        labels = [cell.text for cell in row if cell.role != "figure"]
        figures = [cell.text for cell in row if cell.role == "figure"]
        both = labels and figures
        lines.append(" ".join(labels) + "：" + "、".join(figures) if both else "、".join(labels + figures))
    return lines


def split_heads(text: str) -> str:
    """商业 企业, 科研 机构, 本年新 制作数量."""
    return re.sub(
        r"^(商业|科研|法律|社会|本年新|本年|结果|其他|尚未)(企业|机构|服务机构|公益组织|制作数量|公开数量|制发件数|废止件数|维持|纠正|结果|审结)$",
        r"\1 \2",
        text,
    )


def _each(rows: Rows, change: Callable[[str], str]) -> Rows:
    return [[replace(c, text=change(c.text)) if c.role != "figure" else c for c in row] for row in rows]


def heads_split(table: Callable[[Rows], list[str]], sign: str = " ") -> Callable[[Rows], list[str]]:
    return lambda rows: table(_each(rows, lambda text: split_heads(text).replace(" ", sign)))


def letters(rows: Rows) -> list[str]:
    """A header set upright, a sign a line: 自 / 然 / 人."""
    lines: list[str] = []
    for row in rows:
        for cell in row:
            upright = cell.role == "head" and len(cell.text) < 7
            lines += list(cell.text) if upright else [cell.text]
    return lines


def e_book(rows: Rows) -> list[str]:
    """As a PDF's page gives it: header words two signs high, one row a line with single spaces."""
    lines: list[str] = []
    for row in rows:
        heads = [cell.text for cell in row if cell.role == "head"]
        if heads and len(heads) == len(row) and len(heads) > 2 and all(len(text) in (2, 4) for text in heads):
            two = [(text[: len(text) // 2], text[len(text) // 2 :]) for text in heads]
            lines += [" ".join(first for first, _ in two), " ".join(last for _, last in two)]
        else:
            lines.append(" ".join(cell.text for cell in row))
    return lines


def wrapped_labels(rows: Rows) -> list[str]:
    """Long labels over two lines, the figures behind the second."""
    lines: list[str] = []
    for row in rows:
        texts = [cell.text for cell in row]
        long = next((n for n, cell in enumerate(row) if cell.role == "label" and len(cell.text) > 14), None)
        if long is not None:
            lines.append(" ".join([*texts[:long], texts[long][:12]]))
            texts = [texts[long][12:], *texts[long + 1 :]]
        lines.append(" ".join(texts))
    return lines


def wrapped_behind(rows: Rows) -> list[str]:
    """Long labels over three lines, the figures behind the first: cells set at the top."""
    lines: list[str] = []
    for row in rows:
        texts = [cell.text for cell in row]
        long = [n for n, cell in enumerate(row) if cell.role == "label" and len(cell.text) > 9]
        parts = [
            [text[at : at + 7] for at in range(0, len(text), 7)] for n, text in enumerate(texts) if n in long
        ]
        for n, part in zip(long, parts, strict=True):
            texts[n] = part[0]
        lines.append(" ".join(texts))
        lines += [text for part in parts for text in part[1:]]
    return lines


def figures_below(rows: Rows) -> list[str]:
    """Label on one line, its figures on the next."""
    lines: list[str] = []
    for row in rows:
        labels = [cell.text for cell in row if cell.role != "figure"]
        figures = [cell.text for cell in row if cell.role == "figure"]
        lines += [" ".join(part) for part in (labels, figures) if part]
    return lines


def ruled(rows: Rows) -> list[str]:
    """Box characters around cells."""
    grid = filled(rows)
    line = "├" + "┼".join("────" for _ in grid[0]) + "┤"
    return [text for row in grid for text in ("│" + "│".join(row) + "│", line)]


def dashes(rows: Rows) -> list[str]:
    """ASCII rules as reStructuredText and MySQL print them."""
    grid = filled(rows)
    line = "+" + "+".join("------" for _ in grid[0]) + "+"
    return [line, *(text for row in grid for text in ("| " + " | ".join(row) + " |", line))]


def centred(rows: Rows) -> list[str]:
    return ["".join(f"{cell.text:^12}" for cell in row) for row in rows]


def full_width_spaces(rows: Rows) -> list[str]:
    return ["　　".join(cell.text for cell in row) for row in rows]


def quoted(rows: Rows) -> list[str]:
    return [",".join(f'"{text}"' for text in row) for row in filled(rows)]


def tabs_kept(rows: Rows) -> list[str]:
    return ["\t".join(cell.text for cell in row) + "\t" * _surplus(rows, row) for row in rows]


def _pages(report: Report, lines: list[str], foot: Callable[[int], list[str]]) -> str:
    found: list[str] = []
    for number, line in enumerate(lines, start=1):
        found.append(line)
        if number % 45 == 0:
            found += foot(number // 45)
    return "\n".join(found) + "\n"


def paged(table: Callable[[Rows], list[str]], foot: Callable[[Report, int], list[str]]) -> Shape:
    """Page ends after every 45 lines."""
    return lambda report: _pages(report, _text(report, table).split("\n"), lambda page: foot(report, page))


def page_head_again(report: Report) -> str:
    """表三 goes on over the page under its header."""
    lines = _text(report, pipes).split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("4.保护第三方"))
    head = next(n for n, line in enumerate(lines) if "勾稽关系" in line)
    return "\n".join([*lines[:at], "", "（续表）", *lines[head : head + 3], *lines[at:]])


def website(table: Callable[[Rows], list[str]]) -> Shape:
    """With the page's navigation and foot around it."""

    def shape(report: Report) -> str:
        head = "首页\n政务公开\n政府信息公开年报\n当前位置：首页 > 政务公开 > 政府信息公开年报\n"
        about = "发布时间：2024-01-15 15:44 字号：[ 大 中 小 ] 浏览次数：128\n"
        foot = "\n扫一扫在手机打开当前页\n【打印】 【关闭】\n上一篇：没有了\n网站标识码：0000000001\n"
        title, rest = _text(report, table).split("\n", 1)
        return head + title + "\n" + about + rest + foot

    return shape


def traditional(table: Callable[[Rows], list[str]]) -> Shape:
    to = str.maketrans(_SIMPLIFIED, _TRADITIONAL)
    return lambda report: _text(report, table).translate(to)


def captioned(report: Report) -> str:
    """表1 …（单位：件） over each table, a remark below."""
    names = iter(
        (
            "表1 主动公开政府信息情况统计表",
            "表2 收到和处理政府信息公开申请情况（单位：件）",
            "表3 复议诉讼情况",
        )
    )
    return _text(report, lambda rows: ["", next(names), *pipes(rows), "注：以上数据截至12月31日。", ""])


def without_note(table: Callable[[Rows], list[str]]) -> Callable[[Rows], list[str]]:
    """The form's note over 表三 left out."""
    return lambda rows: table([[c for c in row if "勾稽" not in c.text] for row in rows])


def banners_first(rows: Rows) -> list[str]:
    """Column headers of two levels read column by column: 法人或其他组织 behind the five it heads."""
    lines = pipes(rows)
    if "申请人情况" not in "".join(lines[:2]):
        return lines
    return [lines[0], "自然人 | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 | 总计", *lines[3:]]


def joined_heading(rows: Rows) -> list[str]:
    """第二十条第（一）项 信息内容 … on one line."""
    lines = pipes(rows)
    found: list[str] = []
    for line in lines:
        if found and re.fullmatch(r"第二十条\S*", found[-1]):
            found[-1] += " " + line
        else:
            found.append(line)
    return found


def _bare_page(report: Report, page: int) -> list[str]:
    return [str(page) + "\f" + report.title]


SHAPES: dict[str, Shape] = {
    "转换：竖线、合并格成串": of_tables(converted),
    "转换：行首也有竖线": of_tables(converted_opened),
    "转换：一格一行、空格只剩竖线": of_tables(cell_and_bunch),
    "转换：表末没有竖线": of_tables(no_last_pipe),
    "转换：表头断开": of_tables(heads_split(converted)),
    "转换：一格一行、表头断开": of_tables(heads_split(cell_and_bunch)),
    "一格一行、空行相隔、表头断行": of_tables(heads_split(cell_a_line, "\n\n"), "\n\n"),
    "一格一行、表头断行": of_tables(heads_split(cell_a_line, "\n")),
    "表头竖排逐字": of_tables(letters),
    "分号相隔": of_tables(separated("；")),
    "分号收尾": of_tables(separated("；", "；")),
    "半角分号": of_tables(separated(";")),
    "顿号相隔": of_tables(separated("、")),
    "中文逗号相隔": of_tables(separated("，")),
    "冒号相隔": of_tables(separated("：")),
    "斜线相隔": of_tables(separated(" / ")),
    "方头括号": of_tables(bracketed),
    "标题冒号、数字顿号": of_tables(label_colon),
    "全角竖线": of_tables(separated("｜")),
    "双竖线": of_tables(separated(" || ")),
    "制表符": of_tables(separated("\t")),
    "制表符、合并格留空": of_tables(tabs_kept),
    "全角空格": of_tables(full_width_spaces),
    "居中对齐": of_tables(centred),
    "CSV全引号": of_tables(quoted),
    "框线": of_tables(ruled),
    "加减号框线": of_tables(dashes),
    "电子书：一行一行": of_tables(e_book),
    "标题折行": of_tables(wrapped_labels),
    "标题折行、数字在首行": of_tables(wrapped_behind),
    "数字另起一行": of_tables(figures_below),
    "页脚 - 1 -": paged(pipes, lambda report, page: [f"- {page} -"]),
    "页脚第1页共9页": paged(pipes, lambda report, page: [f"第{page}页 共9页"]),
    "页脚P. 1": paged(e_book, lambda report, page: [f"P. {page}"]),
    "页脚Page 1": paged(pipes, lambda report, page: [f"Page {page} - {report.title}"]),
    "页码与页眉": paged(cell_a_line, _bare_page),
    "一格一行、页脚在行间": paged(cell_a_line, lambda report, page: ["", f"— {page} —", ""]),
    "续表重印表头": page_head_again,
    "网站：转换": website(converted),
    "网站：一格一行": website(cell_a_line),
    "网站：竖线": website(pipes),
    "繁体": traditional(pipes),
    "表上有表名、表下有注": captioned,
    "没有勾稽关系说明": of_tables(without_note(pipes)),
    "没有勾稽关系说明、一格一行": of_tables(without_note(cell_a_line)),
    "表头压成一层": of_tables(banners_first),
    "款项与表头同行": of_tables(joined_heading),
    "半角标点": lambda report: half(_text(report, pipes)),
    "全文空行相隔": of_tables(pipes, "\n\n"),
}
