"""A text PDF as lines and table rows; the file itself is opened in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from workbook.form.filing import Place
from workbook.problems import UnusableInput
from workbook.published.flow import Cell, Flow, PictureMark, Piece, TableRow, TextLine

TIMEOUT = 300.0  # seconds by the clock, on a busy machine; the process itself may compute for a minute
_REFUSED = {
    3: "设有打开密码，请取消密码后再试",
    4: "页数或内容过多，不像是一份年报，未予读取",
    5: "不是能读的PDF，可能已损坏，请重新导出PDF，或提供Word文档",
}
_FEW = 30  # characters in the whole file: a scan


def pdf_flow(path: Path, name: str, timeout: float = TIMEOUT) -> Flow:
    """The pages of a PDF in order. Raises UnusableInput for a scan, a password, damage, or too much of it."""
    pages = _pages(path, name, timeout)
    if sum(len(line[0]) for page in pages for line in page["lines"]) < _FEW and not any(
        page["rows"] for page in pages
    ):
        raise UnusableInput(
            f"“{name}”里没有可读的文字，多半是扫描件或图片。三张统计表应以文字表格公布（TPL-02、PUB-03），"
            "请提供由Word导出的PDF，或Word文档、网页。"
        )
    right = _right_margin(pages)
    pieces: list[Piece] = []
    for number, page in enumerate(pages, start=1):
        pieces += _page_pieces(page, number, right)
    return Flow(name, pieces, wrapped=True)


def _pages(path: Path, name: str, timeout: float) -> list[Any]:
    if getattr(sys, "frozen", False) or not Path(sys.executable or "").name.lower().startswith("python"):
        # Inside another program no process of our own can be started to read in.
        raise UnusableInput(f"“{name}”是PDF，在这里读不了；请提供Word文档，或用命令行的gouji读取。")
    command = [sys.executable, "-m", "workbook.published.pdfworker", str(path.resolve())]
    try:
        done = subprocess.run(  # noqa: S603  (our own module; the path is one argument)
            command, capture_output=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise UnusableInput(f"“{name}”在{timeout:.0f}秒内没有读完，请提供Word文档或网页。") from error
    except OSError as error:
        raise UnusableInput(f"“{name}”读不了：不能启动读PDF的程序（{error.strerror}）。") from error
    if done.returncode:
        if b"No module named" in done.stderr:
            raise UnusableInput(f"读PDF的部分没有装全，请安装 gouji[published]，或提供Word文档（“{name}”）。")
        raise UnusableInput(f"“{name}”{_REFUSED.get(done.returncode, _REFUSED[4])}。")
    pages: list[Any] = json.loads(done.stdout)
    return pages


def _right_margin(pages: list[Any]) -> float:
    """How far full lines reach: nearly the furthest of all longer lines."""
    rights = sorted(right for page in pages for text, _, _, right, _ in page["lines"] if len(text) > 15)
    return float(rights[int(0.9 * (len(rights) - 1))]) if rights else 0.0


def _page_pieces(page: Any, number: int, right: float) -> list[Piece]:
    """Lines and rows of one page, top to bottom."""
    placed: list[tuple[float, int, Piece]] = []
    lefts = sorted(left for text, left, *_ in page["lines"] if len(text) > 15)
    margin = lefts[len(lefts) // 10] if lefts else 0.0
    for at, (text, left, top, end, size) in enumerate(page["lines"]):
        line = TextLine(
            text,
            Place(f"第{number}页", f"第{at + 1}行"),
            indented=bool(left - margin > 1.2 * size),
            full=bool(end >= right - 1.6 * size),
            left=float(left),
        )
        placed.append((top, 0, line))
    for cells, top, table, row in page["rows"]:
        place = f"第{table}表第{row}行"
        found = tuple(
            Cell(text, Place(f"第{number}页", f"{place}第{order}格"), column, width, merged)
            for order, (text, column, width, merged) in enumerate(cells, start=1)
        )
        placed.append((top, row, TableRow(found, number * 1_000 + table)))
    placed.sort(key=lambda item: item[:2])
    pieces = [piece for _, _, piece in placed]
    pieces += [PictureMark(Place(f"第{number}页", ""))] * min(page["pictures"], 20)
    return pieces
