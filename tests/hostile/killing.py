"""Kills in-place annotations at random moments and looks at the file: a program of its own, for it forks.

    python -m tests.hostile.killing FOLDER MOMENTS SEED

prints how often the file was the old one, the new one, and anything else.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.hostile.books import wrong_form
from workbook.review import annotate, review_file
from workbook.rules.rulebook import load_rulebook


def main(folder: Path, moments: int, seed: int) -> dict[str, int]:
    """Annotate in place, once in a child for each moment, and kill it then."""
    book, rules = folder / "年报.xlsx", load_rulebook()
    old = wrong_form()
    book.write_bytes(old)
    review = review_file(book, rules)
    annotate(review, book, rules, in_place=True)
    new = book.read_bytes()
    assert new != old
    chance = random.Random(seed)
    span = 0.05  # seconds
    counts = {"old": 0, "new": 0, "else": 0, "backups": 0, "bad backups": 0}
    for _ in range(moments):
        for path in folder.iterdir():
            path.unlink()
        book.write_bytes(old)
        ready, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(tell, b"!")
            annotate(review, book, rules, in_place=True)
            signal.pause()
        os.read(ready, 1)
        os.close(ready)
        os.close(tell)
        time.sleep(chance.random() * span)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = book.read_bytes() if book.exists() else b""
        counts["old" if found == old else "new" if found == new else "else"] += 1
        span *= 1.15 if found == old else 0.87  # around the moment that counts, however busy the machine
        for backup in folder.glob("*原件*"):
            counts["backups"] += 1
            counts["bad backups"] += backup.read_bytes() != old
        if found == new and not list(folder.glob("*原件*")):
            counts["bad backups"] += 1  # replaced without the original kept
    return counts


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
