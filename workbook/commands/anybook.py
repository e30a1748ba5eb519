"""Notes on any workbook, ours or not."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from workbook.commands.targets import Declare, make_folder, require_same_suffix
from workbook.files.amend import Outcome, amend, sheet_names
from workbook.notelist import notes_amendment, read_notes
from workbook.review import clear


def declare(command: Declare) -> None:
    """annotate, clear."""
    same = "写到哪个文件（扩展名与原件相同）"
    sub = command("annotate", annotate_any, "把一份批注清单写进任意工作簿")
    sub.add_argument("book", type=Path, metavar="工作簿", help="任意xlsx、xlsm工作簿")
    sub.add_argument(
        "notes", type=Path, metavar="批注清单", help="JSON：[{sheet、cell、text、severity（可不写）}，…]"
    )
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help=same)
    sub.add_argument("--json", action="store_true", help="输出JSON")

    sub = command("clear", clear_any, "清除本程序写入的批注、底色和校验结果，别人的内容不动")
    sub.add_argument("book", type=Path, metavar="工作簿", help="任意xlsx、xlsm工作簿")
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help=same)
    sub.add_argument("--json", action="store_true", help="输出JSON")


def annotate_any(options: Namespace) -> int:
    """Notes from a list written into any workbook; ours from an earlier run are replaced."""
    jottings = read_notes(options.notes)
    require_same_suffix(options.book, options.out)
    wanted = notes_amendment(jottings, sheet_names(options.book), options.book.name)
    make_folder(options.out.parent)
    outcome = amend(options.book, options.out, wanted)
    _tell(outcome, options, f"已写入{len(outcome.placed)}条批注：{options.out}")
    return 0


def clear_any(options: Namespace) -> int:
    """Everything Gouji wrote beside the figures taken away again, nothing else."""
    require_same_suffix(options.book, options.out)
    make_folder(options.out.parent)
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
