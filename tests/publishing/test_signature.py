"""Where a report ends and its signature begins."""

from __future__ import annotations

import pytest

from workbook.published.signature import without_signature


@pytest.mark.parametrize(
    ("lines", "organ", "kept"),
    [
        (["没有其他事项。", "某市某局", "2026年1月20日"], None, 1),
        (["没有其他事项。", "", " 某市 某局 ", "２０２６年１月２０日", ""], None, 1),
        (["没有其他事项。", "某市某局", "二〇二六年一月二十日"], None, 1),
        (["没有其他事项。", "2026年1月20日"], None, 1),
        (["没有其他事项。", "某市某局"], "某市某局", 1),
        (["没有其他事项。", "某市某局"], None, 2),
        (["没有其他事项。"], "某市某局", 1),
        (["无", "2026年1月20日"], "某市某局", 1),
        (["无", "某市某局", "2026年1月20日"], None, 1),
        (["以上情况截至", "统计时间为2025年12月31日"], None, 2),
        (["本年度没有其他事项，特此报告。", "2026年1月20日"], None, 1),
        ([], "某市某局", 0),
    ],
)
def test_signature(lines: list[str], organ: str | None, kept: int) -> None:
    assert "".join(lines[: without_signature(lines, organ)]).split() == "".join(lines[:kept]).split()
