"""Reading and checking reports, their narrative, and the rules they are held against."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from workbook.commands.targets import Declare, exit_status, make_folder, require_suffix, save
from workbook.form.edition import Edition
from workbook.form.editionfile import all_editions
from workbook.form.facts import facts_document
from workbook.form.labels import legible
from workbook.problems import BrokenDefinition, Problem, UnusableInput
from workbook.published.recognition import assumed_edition
from workbook.report import check_document, summary
from workbook.review import Review, annotate, narrative_of, open_filing, review_file, write_narrative
from workbook.rules.handbook import handbook_markdown, rules_json
from workbook.rules.rulebook import RuleBook, load_rulebook


def declare(command: Declare) -> None:
    """facts, check, narrate, rules."""
    editions = [edition.id for edition in all_editions()]
    sub = command("facts", facts, "读出一份报告的数字和文字（JSON）")
    sub.add_argument("file", type=Path, metavar="文件", help="工作簿或数据文件")
    sub.add_argument("--year", type=int, metavar="年度", help="文件里没有写明年度时，以此为准")
    sub.add_argument("--edition", choices=editions, help="文件里看不出版式时，以此为准")

    sub = command("check", check, "核对一份或多份报告")
    sub.add_argument("files", type=Path, nargs="+", metavar="文件", help="工作簿或数据文件")
    sub.add_argument("--previous", type=Path, metavar="上年", help="同一单位的上年报告")
    sub.add_argument("--year", type=int, metavar="年度", help="文件里没有写明年度时，以此为准")
    sub.add_argument("--edition", choices=editions, help="文件里看不出版式时，以此为准")
    sub.add_argument("--json", action="store_true", help="输出JSON")
    target = sub.add_mutually_exclusive_group()
    target.add_argument(
        "--annotate", type=Path, metavar="输出", help="写出带批注的副本：一份时是文件，多份时是文件夹"
    )
    target.add_argument("--in-place", action="store_true", help="批注写进原文件，原件另存备份")

    sub = command("narrate", narrate, "生成综述")
    sub.add_argument("book", type=Path, metavar="工作簿", help="已填好的表")
    sub.add_argument("--previous", type=Path, metavar="上年", help="同一单位的上年报告")
    sub.add_argument(
        "-o", "--out", type=Path, metavar="工作簿", help="写进“综述”页，另存为此文件；不给则只显示"
    )

    sub = command("rules", rules, "规则手册")
    sub.add_argument("--edition", choices=editions, help="只列适用于该版式的规则")
    sub.add_argument("--json", action="store_true", help="输出JSON")
    sub.add_argument("--to", choices=["md", "xlsx", "docx"], help="写成文件（配合 -o）")
    sub.add_argument("-o", "--out", type=Path, metavar="文件", help="写到哪个文件")
    sub.add_argument("--self-check", action="store_true", help="自查规则：有无矛盾、漏管的格、多余的等式")


def facts(options: Namespace) -> int:
    """Figures and words of a report, as JSON."""
    filing, _ = open_filing(options.file, year=options.year, edition_id=options.edition)
    print(json.dumps(facts_document(filing), ensure_ascii=False, indent=1))
    if assumed := assumed_edition(filing):
        print(assumed, file=sys.stderr)
    return 0


def check(options: Namespace) -> int:
    """Findings of one or several reports; one that cannot be read does not stop the others."""
    book = load_rulebook()
    prior = open_filing(options.previous)[0] if options.previous else None
    several = len(options.files) > 1
    if options.annotate and several:
        make_folder(options.annotate)
    documents: list[dict[str, object]] = []
    reviews: list[Review] = []
    unusable = False
    for path in options.files:
        try:
            review = review_file(path, book, prior, year=options.year, edition_id=options.edition)
            if options.annotate:
                annotate(review, options.annotate / path.name if several else options.annotate, book)
            elif options.in_place:
                annotate(review, path, book, in_place=True)
        except BrokenDefinition:
            raise  # no fault of the file's
        except (Problem, MemoryError) as error:
            problem = error if isinstance(error, Problem) else f"{path.name}：内存不足，没有读完。"
            unusable = True
            print(legible(str(problem), 1_000), file=sys.stderr)
            documents.append({"file": str(path), "problem": str(problem)})
            continue
        reviews.append(review)
        documents.append(check_document(review, str(path), book))
        if not options.json:
            print(summary(review, book) + "\n")
    if options.json:
        print(json.dumps(documents, ensure_ascii=False, indent=1))
    return 2 if unusable else exit_status(reviews)


def narrate(options: Namespace) -> int:
    """The narrative of a filled form, printed or written into its 综述."""
    book = load_rulebook()
    prior = open_filing(options.previous)[0] if options.previous else None
    review = review_file(options.book, book, prior)
    if options.out:
        write_narrative(review, options.out, prior)
        print(f"综述已写入：{options.out}")
    else:
        print(narrative_of(review, prior).text)
    return 0


def rules(options: Namespace) -> int:
    """The handbook of rules for those who review them, or what the rules say of themselves."""
    book = load_rulebook()
    editions = [edition for edition in all_editions() if options.edition in (None, edition.id)]
    if options.self_check:
        return _self_check(book, editions, options)
    if options.json:
        print(json.dumps(rules_json(book, options.edition), ensure_ascii=False, indent=1))
        return 0
    if options.to in ("xlsx", "docx"):
        if options.out is None:
            raise UnusableInput(f"写成{options.to}时请用 -o 指明文件。")
        require_suffix(options.out, f".{options.to}")
        from workbook.rules.handbook_docx import handbook_docx  # noqa: PLC0415  (only here, and heavy)
        from workbook.rules.handbook_xlsx import handbook_xlsx  # noqa: PLC0415

        (handbook_xlsx if options.to == "xlsx" else handbook_docx)(book, editions, options.out)
        print(f"已生成：{options.out}")
        return 0
    text = handbook_markdown(book, editions)
    if options.out:
        save(options.out, text.encode("utf-8"))
    else:
        print(text)
    return 0


def _self_check(book: RuleBook, editions: list[Edition], options: Namespace) -> int:
    """Exit status 1 where a rule has to be mended."""
    from workbook.rules.selfcheck import self_check  # noqa: PLC0415  (only here)
    from workbook.rules.selfcheck_report import render, self_check_document  # noqa: PLC0415

    if options.to:
        raise UnusableInput("自查结果只能显示、存成文本或用 --json 输出，不能写成手册。")
    report = self_check(book, editions)
    text = render(report, book)
    if options.json:
        text = json.dumps(self_check_document(report), ensure_ascii=False, indent=1)
    if options.out:
        save(options.out, (text + "\n").encode("utf-8"))
    else:
        print(text)
    return 0 if report.sound else 1
