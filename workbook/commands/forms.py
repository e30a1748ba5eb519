"""Forms: the demonstration, master templates, filled forms, damaged forms moved into fresh ones."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from workbook.commands.targets import Declare, exit_status, require_suffix, save
from workbook.form.edition import Edition
from workbook.form.editionfile import all_editions, edition_by_id
from workbook.form.facts import read_facts
from workbook.form.filing import Filing
from workbook.locate.repairs import suggested_repairs
from workbook.problems import UnusableInput, UnwritableOutput
from workbook.prose.phrasebook import LiveSentence, live_sentences, load_sentences
from workbook.published.recognition import assumed_edition
from workbook.repair import repair_review
from workbook.repaired import repair_document, repair_summary
from workbook.report import summary
from workbook.resources import template_folder
from workbook.review import annotate_and_narrate, narrative_of, open_filing, review_file
from workbook.rules.rulebook import RuleBook, load_rulebook
from workbook.template.build import build_book

SAMPLE = "ningbo-2019.json"


def declare(command: Declare) -> None:
    """demo, template, fill, repair."""
    editions = [edition.id for edition in all_editions()]
    sub = command("demo", demo, "用宁波市科技局2019年度报告演示：填表、核对、批注、综述")
    sub.add_argument(
        "-o", "--out", type=Path, default=Path("demo"), metavar="文件夹", help="结果放在哪里（默认 demo）"
    )

    sub = command("template", template, "生成空白母表")
    sub.add_argument("--edition", choices=editions, required=True, help="版式")
    sub.add_argument(
        "--totals", choices=["formula", "typed"], default="formula", help="合计用公式（默认）或手填"
    )
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help="写到哪个文件")

    sub = command("fill", fill, "把数据文件（.json、.csv）填成一张表")
    sub.add_argument("facts", type=Path, metavar="数据", help="数据文件")
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help="写到哪个文件")
    sub.add_argument("--zero", action="store_true", help="没有给出的格填0（不覆盖已给出的内容）")

    sub = command("repair", repair, "把能读出的内容搬进一张新表，并列出搬不了的")
    sub.add_argument("book", type=Path, metavar="工作簿", help="表式被改动或损坏的报告")
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help="新表写到哪个文件")
    sub.add_argument("--suggested", action="store_true", help="同时按唯一、有把握的建议改正数字，并逐条列出")
    sub.add_argument("--previous", type=Path, metavar="上年", help="同一单位的上年报告，供建议参考")
    sub.add_argument("--json", action="store_true", help="输出JSON")


def demo(options: Namespace) -> int:
    """The main job on the real 2019 report: fill, check, comment, narrate, into a folder of its own."""
    folder: Path = options.out
    book = load_rulebook()
    filing = read_facts(template_folder() / SAMPLE)
    filled = folder / "宁波市科技局2019年度报告.xlsx"
    commented = folder / "宁波市科技局2019年度报告（已核查）.xlsx"
    save(filled, _filled(filing, book, zero=False))
    review = review_file(filled, book)
    annotate_and_narrate(review, commented, book)
    print(summary(review, book))
    print("\n综述（已写入“综述”页）：")
    print(narrative_of(review).text)
    print(f"\n填好的表：{filled}\n带批注的副本：{commented}")
    return exit_status([review])


def template(options: Namespace) -> int:
    """An empty master form."""
    edition = edition_by_id(options.edition)
    if edition is None:
        raise UnusableInput(f"没有“{options.edition}”这个版式。")
    require_suffix(options.out, ".xlsx")
    typed = options.totals == "typed"
    book = load_rulebook()
    save(options.out, build_book(edition, book, typed_totals=typed, sentences=_live(edition)))
    print(f"已生成：{options.out}")
    return 0


def fill(options: Namespace) -> int:
    """A form filled from a facts file."""
    require_suffix(options.out, ".xlsx")
    filing = read_facts(options.facts)
    save(options.out, _filled(filing, load_rulebook(), zero=options.zero))
    print(f"已填好：{options.out}")
    return 0


def repair(options: Namespace) -> int:
    """The readable figures and words of a damaged form in a fresh one, and a list of what is not in it."""
    require_suffix(options.out, ".xlsx")
    if options.out.exists() and options.book.exists() and options.out.samefile(options.book):
        raise UnwritableOutput(f"“{options.out.name}”就是原件，没有覆盖；请另取文件名。")
    book = load_rulebook()
    prior = open_filing(options.previous)[0] if options.previous else None
    review = review_file(options.book, book, prior)
    changes = tuple(suggested_repairs(review.result)) if options.suggested else ()
    repaired = repair_review(review, book, changes)
    save(options.out, repaired.data)
    if options.json:
        print(json.dumps(repair_document(repaired, options.book, options.out), ensure_ascii=False, indent=1))
    else:
        print(repair_summary(repaired, options.out))
        if assumed := assumed_edition(review.result.filing):
            print(assumed)
    return 0


def _filled(filing: Filing, book: RuleBook, *, zero: bool) -> bytes:
    return build_book(filing.edition, book, filing=filing, fill_zero=zero, sentences=_live(filing.edition))


def _live(edition: Edition) -> tuple[LiveSentence, ...]:
    return live_sentences(edition, load_sentences())
