"""From the button to the last comment: 校验 on a form with at least twenty findings, LibreOffice warm.

Run: python -m tests.benchmarks.button [runs, 5]      add "profile" to see where the time goes
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from pathlib import Path

import xlwings as xw

from addin import libreoffice
from addin.buttons import press
from addin.libreoffice.office import Office
from tests.filled import save_form, zeros
from workbook.files.amend import OWN_MARK

AIM = 1.0  # seconds


def faulty_form(path: Path) -> Path:
    """A form with a text where a figure belongs, in more than twenty cells, and a wrong total."""
    figures = zeros("2021")
    parts = [cell for cell in figures if "total" not in cell]
    for number, cell in enumerate(parts[:: len(parts) // 24], 1):
        figures[cell] = f"约{number}件"
    return save_form(path, "2021", figures)


def main() -> None:
    runs = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 5)
    with tempfile.TemporaryDirectory() as folder, Office(Path(folder) / "profile", timeout=120) as office:
        libreoffice.register().activate()
        libreoffice.use(office.connection)
        app = xw.apps.active
        book = app.books.open(str(faulty_form(Path(folder) / "年报.xlsx")))
        press("check", app, book)  # warm: rule book parsed, sheet of results laid out
        count = sum((note.text or "").startswith(OWN_MARK) for sheet in book.sheets for note in sheet.notes)
        times = {"first": [], "again": []}
        for _ in range(runs):
            press("clear", app, book)
            for kind, taken in times.items():
                del kind
                start = time.perf_counter()
                press("check", app, book)
                taken.append(time.perf_counter() - start)
        print(libreoffice.engine.dialogs.alerts[-1].prompt.splitlines()[0])
        for kind, taken in times.items():
            print(f"{count} comments, {kind}: median of {runs} {statistics.median(taken):.2f} s "
                  f"({min(taken):.2f} to {max(taken):.2f}), aim < {AIM} s")  # fmt: skip
        if "profile" in sys.argv:
            with cProfile.Profile() as profile:
                press("check", app, book)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        libreoffice.use(None)


if __name__ == "__main__":
    main()
