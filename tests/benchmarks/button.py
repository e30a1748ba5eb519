"""From the button to the last comment: 校验 on a form with at least twenty findings, LibreOffice warm.

Two ways in: the extension's button, whose code runs inside LibreOffice (what a user presses), and
`gouji attach`, which asks LibreOffice for every step through a pipe.

Run: python -m tests.benchmarks.button [runs, 5]      add "profile" to see where the time goes
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xlwings as xw

from addin import libreoffice
from addin.buttons import press
from addin.extension import build_extension
from addin.libreoffice.office import Office
from tests.addin.test_extension_pressed import installed_into, notes
from tests.filled import save_form, zeros

AIM = 1.0  # seconds


def faulty_form(path: Path) -> Path:
    """A form with a text where a figure belongs, in more than twenty cells, and a wrong total."""
    figures = zeros("2021")
    parts = [cell for cell in figures if "total" not in cell]
    for number, cell in enumerate(parts[:: len(parts) // 24], 1):
        figures[cell] = f"约{number}件"
    return save_form(path, "2021", figures)


def measure(name: str, runs: int, check: Callable[[], object], clear: Callable[[], object]) -> None:
    """Print the median of checks on a book without our comments, and on one that has them."""
    times: dict[str, list[float]] = {"first": [], "again": []}
    for _ in range(runs):
        clear()
        for taken in times.values():
            start = time.perf_counter()
            check()
            taken.append(time.perf_counter() - start)
    for kind, taken in times.items():
        print(f"{name}, {kind}: median of {runs} {statistics.median(taken):.2f} s "
              f"({min(taken):.2f} to {max(taken):.2f}), aim < {AIM} s")  # fmt: skip


def main() -> None:
    runs = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 5)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        profile = folder / "profile"
        profile.mkdir()
        [extension] = build_extension(folder)
        installed_into(profile, extension)
        with Office(profile, timeout=120) as office:
            libreoffice.register().activate()
            libreoffice.use(office.connection)
            app = xw.apps.active
            book = app.books.open(str(faulty_form(folder / "年报.xlsx")))
            helper = office.connection.service("com.sun.star.frame.DispatchHelper")
            document = book.impl.xl
            frame = document.getCurrentController().getFrame()

            def dispatch(task: str) -> None:
                helper.executeDispatch(frame, f"vnd.gouji.task:{task}", "", 0, ())

            dispatch("check")  # warm: rule book parsed, sheet of results laid out
            print(f"{len(notes(document))} comments")
            measure("the extension's button", runs, lambda: dispatch("check"), lambda: dispatch("clear"))
            assert len(notes(document)) >= 20, "the button left no comments"
            press("check", app, book)
            measure(
                "from outside (attach)",
                runs,
                lambda: press("check", app, book),
                lambda: press("clear", app, book),
            )
            if "profile" in sys.argv:
                with cProfile.Profile() as profile_:
                    press("check", app, book)
                pstats.Stats(profile_).sort_stats("cumulative").print_stats(45)
            libreoffice.use(None)


if __name__ == "__main__":
    main()
