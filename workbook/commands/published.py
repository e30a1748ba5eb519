"""Published reports as workbooks: what Word files, web pages, PDFs and texts say, in the form."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from workbook.commands.targets import Declare, require_suffix, save
from workbook.form.editionfile import all_editions
from workbook.problems import UnwritableOutput
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.published.reading import recognise_file
from workbook.published.recognition import recognition_document, recognition_lines
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book


def declare(command: Declare) -> None:
    """import."""
    sub = command("import", import_report, "把公开的年报（Word、网页、PDF、文本）读进一张表，照原样，不改数")
    sub.add_argument("source", type=Path, metavar="公开件", help="公开的Word文档、网页、PDF或文本")
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help="写到哪个文件")
    sub.add_argument("--year", type=int, metavar="年度", help="文中没有写明年度时，以此为准")
    editions = [edition.id for edition in all_editions()]
    sub.add_argument("--edition", choices=editions, help="文中看不出版式时，以此为准")
    sub.add_argument("--json", action="store_true", help="识别情况输出为JSON")


def import_report(options: Namespace) -> int:
    """The report in our form as published, errors and blanks included; what was recognised is printed."""
    require_suffix(options.out, ".xlsx")
    if options.out.exists() and options.source.exists() and options.out.samefile(options.source):
        raise UnwritableOutput(f"“{options.out.name}”就是原件，没有覆盖；请另取文件名。")
    found = recognise_file(options.source, year=options.year, edition_id=options.edition)
    edition = found.filing.edition
    live = live_sentences(edition, load_sentences())
    # Totals are published figures too: typed, never computed.
    book = build_book(edition, load_rulebook(), filing=found.filing, typed_totals=True, sentences=live)
    save(options.out, book)
    if options.json:
        document = recognition_document(found) | {"file": str(options.source), "book": str(options.out)}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return 0
    for line in recognition_lines(found):
        print(line)
    print(f"已读进：{options.out}")
    return 0
