"""Reports for publication, and the published page held against the workbook."""

from __future__ import annotations

import datetime
import json
import re
from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from workbook.commands.targets import Declare, require_suffix, save
from workbook.form.checkcode import check_code
from workbook.form.labels import legible
from workbook.problems import UnusableInput, UnwritableOutput
from workbook.publication import (
    blocking,
    compare_reports,
    comparison_document,
    comparison_lines,
    export_for_signing,
    is_equal,
    record_check_code,
    wordless_sections,
)
from workbook.published.export import FORMATS, export
from workbook.review import Review, open_filing, review_file
from workbook.rules.rulebook import load_rulebook

_SIGNING = "（送审）"


def declare(command: Declare) -> None:
    """export, compare."""
    sub = command("export", export_report, "导出可以公开的年报（Word、网页或PDF），或审签稿")
    sub.add_argument("book", type=Path, metavar="工作簿", help="已填好的表")
    sub.add_argument("--to", choices=FORMATS, required=True, help="格式：docx（Word）、html（网页）、pdf")
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="文件", help="写到哪个文件")
    sub.add_argument(
        "--date", type=_day, metavar="日期", help="落款日期，如2026-01-20；不给则用今天，“无”则不印"
    )
    sub.add_argument("--previous", type=Path, metavar="上年", help="同一单位的上年报告，供核对衔接")
    sub.add_argument("--with-errors", action="store_true", help="仍有“错误”也导出（数字照填报的印）")
    sub.add_argument(
        "--signoff", action="store_true", help="审签稿：前附审签单，校验码写进工作簿的副本“…（送审）”"
    )
    sub.add_argument(
        "--in-place", action="store_true", help="审签稿的校验码写进原工作簿，原件另存备份（配合--signoff）"
    )

    sub = command("compare", compare, "把公开的年报与提交的表逐格、逐部分比对")
    sub.add_argument("book", type=Path, metavar="工作簿", help="提交的表")
    sub.add_argument("published", type=Path, metavar="公开件", help="公开的网页、Word、PDF或文本")
    sub.add_argument("--json", action="store_true", help="输出JSON")


_NO_DATE = datetime.date.min


def _day(text: str) -> datetime.date:
    """A date as people write it; 无 for none."""
    if text.strip() == "无":
        return _NO_DATE
    match = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", text.strip())
    try:
        if match:
            return datetime.date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    raise ArgumentTypeError(f"“{legible(text, 40)}”不是日期，请写成2026-01-20")


def export_report(options: Namespace) -> int:
    """The report in print; held back, with what is wrong, while the check finds errors."""
    require_suffix(options.out, f".{options.to}")
    if options.out.exists() and options.book.exists() and options.out.samefile(options.book):
        raise UnwritableOutput(f"“{options.out.name}”就是原件，没有覆盖；请另取文件名。")
    if options.in_place and not options.signoff:
        raise UnusableInput("--in-place只与--signoff（审签稿）合用。")
    book = load_rulebook()
    prior = open_filing(options.previous)[0] if options.previous else None
    review = review_file(options.book, book, prior)
    filing = review.result.filing
    errors = blocking(review, book)
    if errors and not options.with_errors:
        print(f"有{len(errors)}处错误，没有导出。请改正后再导出；确需照现状导出的，加 --with-errors。")
        for number, item in enumerate(errors, start=1):
            print(f"{number:>4} 【{item.wording.severity}】{item.wording.message}{item.wording.tag}")
            print(f"       {item.remedy}")
        return 1
    dated = _date(options.date)
    if options.signoff:
        save(options.out, export_for_signing(review, book, options.to, dated))
        print(f"审签稿：{options.out}\n校验码：{check_code(filing)}")
        _record(review, options)
    else:
        save(options.out, export(filing, options.to, dated))
        print(f"已导出：{options.out}")
    if errors:
        print(f"注意：仍有{len(errors)}处错误，数字是照填报的印出的。")
    for heading in wordless_sections(filing):
        print(f"注意：“{heading}”没有文字。“综述”页的底稿不会自动抄入，请抄到该部分后再导出。")
    if filing.uncertain:
        print(f"注意：有{len(filing.uncertain)}格没有读准，在年报中空着。")
    return 1 if errors else 0


def _date(given: datetime.date | None) -> datetime.date | None:
    if given is None:
        return datetime.datetime.now().astimezone().date()
    return None if given == _NO_DATE else given


def _record(review: Review, options: Namespace) -> None:
    """The check code into the workbook, or why it could not go there; the paper is made either way."""
    target = options.book
    if not options.in_place:
        target = options.out.with_name(f"{options.book.stem}{_SIGNING}{options.book.suffix}")
    try:
        outcome = record_check_code(review, target, in_place=options.in_place)
    except UnusableInput as problem:
        print(f"注意：{problem}")
        return
    print(f"校验码已写进封面：{target}")
    if outcome.backup:
        print(f"原件备份：{outcome.backup}")


def compare(options: Namespace) -> int:
    """CON-06: 0 the published page says what the workbook says, 1 it does not, or not for certain."""
    book = load_rulebook()
    submitted, _ = open_filing(options.book)
    published, _ = open_filing(options.published, year=submitted.year, edition_id=submitted.edition_id)
    result = compare_reports(submitted, published, book)
    if options.json:
        files = (str(options.book), str(options.published))
        document = comparison_document(result, published, files, book)
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        for line in comparison_lines(result, published, book):
            print(line)
    return 0 if is_equal(result) else 1
