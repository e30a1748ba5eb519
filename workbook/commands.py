"""What each command does: the order of the steps, nothing of their inside."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from workbook.files.amend import Outcome, amend, sheet_names
from workbook.files.atomic import replace_file
from workbook.form.edition import Edition, all_editions, edition_by_id
from workbook.form.facts import facts_document, read_facts
from workbook.form.filing import Filing
from workbook.form.labels import legible
from workbook.locate.repairs import suggested_repairs
from workbook.notelist import notes_amendment, read_notes
from workbook.problems import BrokenDefinition, Problem, UnusableInput, UnwritableOutput
from workbook.prose.sentences import LiveSentence, live_sentences, load_sentences
from workbook.repair import repair_document, repair_review, repair_summary
from workbook.report import check_document, summary
from workbook.resources import template_folder
from workbook.review import (
    Review,
    annotate,
    annotate_and_narrate,
    clear,
    narrative_of,
    open_filing,
    review_file,
    write_narrative,
)
from workbook.rules.findings import Severity
from workbook.rules.handbook import handbook_markdown, rules_json
from workbook.rules.rulebook import RuleBook, load_rulebook
from workbook.template.build import build_book

SAMPLE = "ningbo-2019.json"


def demo(options: Namespace) -> int:
    """The main job on the real 2019 report: fill, check, comment, narrate, into a folder of its own."""
    folder: Path = options.out
    book = load_rulebook()
    filing = read_facts(template_folder() / SAMPLE)
    filled = folder / "宁波市科技局2019年度报告.xlsx"
    commented = folder / "宁波市科技局2019年度报告（已核查）.xlsx"
    _save(filled, _filled(filing, book, zero=False))
    review = review_file(filled, book)
    annotate_and_narrate(review, commented, book)
    print(summary(review, book))
    print("\n综述（已写入“综述”页）：")
    print(narrative_of(review).text)
    print(f"\n填好的表：{filled}\n带批注的副本：{commented}")
    return _status([review])


def template(options: Namespace) -> int:
    """An empty master form."""
    edition = edition_by_id(options.edition)
    if edition is None:
        raise UnusableInput(f"没有“{options.edition}”这个版式。")
    _require_suffix(options.out, ".xlsx")
    typed = options.totals == "typed"
    book = load_rulebook()
    _save(options.out, build_book(edition, book, typed_totals=typed, sentences=_live(edition)))
    print(f"已生成：{options.out}")
    return 0


def fill(options: Namespace) -> int:
    """A form filled from a facts file."""
    _require_suffix(options.out, ".xlsx")
    filing = read_facts(options.facts)
    _save(options.out, _filled(filing, load_rulebook(), zero=options.zero))
    print(f"已填好：{options.out}")
    return 0


def facts(options: Namespace) -> int:
    """Figures and words of a report, as JSON."""
    filing, _ = open_filing(options.file, year=options.year, edition_id=options.edition)
    print(json.dumps(facts_document(filing), ensure_ascii=False, indent=1))
    return 0


def check(options: Namespace) -> int:
    """Findings of one or several reports; one that cannot be read does not stop the others."""
    book = load_rulebook()
    prior = open_filing(options.previous)[0] if options.previous else None
    several = len(options.files) > 1
    if options.annotate and several:
        _make_folder(options.annotate)
    documents: list[dict[str, object]] = []
    reviews: list[Review] = []
    unusable = False
    for path in options.files:
        try:
            review = review_file(path, book, prior)
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
    return 2 if unusable else _status(reviews)


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


def annotate_any(options: Namespace) -> int:
    """Notes from a list written into any workbook; ours from an earlier run are replaced."""
    jottings = read_notes(options.notes)
    _require_same_suffix(options.book, options.out)
    wanted = notes_amendment(jottings, sheet_names(options.book), options.book.name)
    _make_folder(options.out.parent)
    outcome = amend(options.book, options.out, wanted)
    _tell(outcome, options, f"已写入{len(outcome.placed)}条批注：{options.out}")
    return 0


def clear_any(options: Namespace) -> int:
    """Everything Gouji wrote beside the figures taken away again, nothing else."""
    _require_same_suffix(options.book, options.out)
    _make_folder(options.out.parent)
    outcome = clear(options.book, options.out)
    _tell(outcome, options, f"已清除{len(outcome.removed)}条批注：{options.out}")
    return 0


def _tell(outcome: Outcome, options: Namespace, done: str) -> None:
    """What became of an amendment: where notes went, what could not be written, which parts differ."""
    moved = [placed for placed in outcome.placed if placed.cell != placed.note.cell]
    if options.json:
        document = {
            "file": str(options.book),
            "out": str(options.out),
            "placed": [
                {"sheet": placed.note.sheet, "cell": placed.cell, "wanted": placed.note.cell}
                for placed in outcome.placed
            ],
            "unplaced": [{"sheet": note.sheet, "cell": note.cell} for note in outcome.unplaced],
            "removed": [
                {"sheet": note.sheet, "cell": note.cell, "text": note.text} for note in outcome.removed
            ],
            "parts_changed": list(outcome.parts_changed),
            "warnings": list(outcome.warnings),
        }
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    print(done)
    for placed in moved:
        print(f"  “{placed.note.sheet}”{placed.note.cell}已有别人的批注，改写在{placed.cell}。")
    for note in outcome.unplaced:
        print(f"  “{note.sheet}”{note.cell}及其左右都有别人的批注，没有写入。")
    for warning in outcome.warnings:
        print(f"  {warning}")
    print(f"  改动的部件：{'、'.join(outcome.parts_changed) or '无'}；其余部件逐字节不变。")


def repair(options: Namespace) -> int:
    """The readable figures and words of a damaged form in a fresh one, and a list of what is not in it."""
    _require_suffix(options.out, ".xlsx")
    if options.out.exists() and options.book.exists() and options.out.samefile(options.book):
        raise UnwritableOutput(f"“{options.out.name}”就是原件，没有覆盖；请另取文件名。")
    book = load_rulebook()
    prior = open_filing(options.previous)[0] if options.previous else None
    review = review_file(options.book, book, prior)
    changes = tuple(suggested_repairs(review.result)) if options.suggested else ()
    repaired = repair_review(review, book, changes)
    _save(options.out, repaired.data)
    if options.json:
        print(json.dumps(repair_document(repaired, options.book, options.out), ensure_ascii=False, indent=1))
    else:
        print(repair_summary(repaired, options.out))
    return 0


def rules(options: Namespace) -> int:
    """The handbook of rules for those who review them."""
    book = load_rulebook()
    editions = [edition for edition in all_editions() if options.edition in (None, edition.id)]
    if options.json:
        print(json.dumps(rules_json(book, options.edition), ensure_ascii=False, indent=1))
        return 0
    if options.to in ("xlsx", "docx"):
        if options.out is None:
            raise UnusableInput(f"写成{options.to}时请用 -o 指明文件。")
        _require_suffix(options.out, f".{options.to}")
        from workbook.rules.handbook_docx import handbook_docx  # noqa: PLC0415  (only here, and heavy)
        from workbook.rules.handbook_xlsx import handbook_xlsx  # noqa: PLC0415

        (handbook_xlsx if options.to == "xlsx" else handbook_docx)(book, editions, options.out)
        print(f"已生成：{options.out}")
        return 0
    text = handbook_markdown(book, editions)
    if options.out:
        _save(options.out, text.encode("utf-8"))
    else:
        print(text)
    return 0


def _filled(filing: Filing, book: RuleBook, *, zero: bool) -> bytes:
    return build_book(filing.edition, book, filing=filing, fill_zero=zero, sentences=_live(filing.edition))


def _live(edition: Edition) -> tuple[LiveSentence, ...]:
    return live_sentences(edition, load_sentences())


def _save(path: Path, data: bytes) -> None:
    _make_folder(path.parent)
    replace_file(path, data)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableOutput(f"建不了文件夹“{folder}”（{error.strerror}），请换一个位置。") from error


def _require_same_suffix(book: Path, out: Path) -> None:
    """Before anything is read: a workbook with macros under the name of one without is refused by Excel."""
    if book.suffix.lower() != out.suffix.lower():
        raise UnwritableOutput(
            f"“{out.name}”的扩展名应与原件一致（{book.suffix}），否则Excel会拒绝打开，请改用{book.suffix}。"
        )


def _require_suffix(path: Path, suffix: str) -> None:
    if path.suffix.lower() != suffix:
        raise UnwritableOutput(f"“{path.name}”的扩展名应是{suffix}。")


def _status(reviews: list[Review]) -> int:
    return 1 if any(review.result.count(Severity.ERROR) for review in reviews) else 0
