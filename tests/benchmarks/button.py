"""From the button to the last comment: 校验 on a form with at least twenty findings, LibreOffice warm.

Two ways in: the extension's button, whose code runs inside LibreOffice (what a user presses), and
`gouji attach`, which asks LibreOffice for every step through a pipe. Beside the time that passed stands the
processor time of Python and LibreOffice together: what it would take if nothing else ran.

Run: python -m tests.benchmarks.button [runs, 5]      add "profile" to see where the time goes
"""

from __future__ import annotations

import cProfile
import os
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


def processor_seconds(group: int) -> float:
    """What this process and all of a process group have worked so far."""
    spent = time.process_time()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it ended just now
            continue
        if int(fields[2]) == group:
            spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def measure(
    name: str, runs: int, group: int, check: Callable[[], object], clear: Callable[[], object]
) -> None:
    """Print the median of checks on a book without our comments, and on one that has them."""
    times: dict[str, list[float]] = {"first": [], "again": []}
    worked = dict.fromkeys(times, 0.0)
    for _ in range(runs):
        clear()
        for kind, taken in times.items():
            before, start = processor_seconds(group), time.perf_counter()
            check()
            taken.append(time.perf_counter() - start)
            worked[kind] += processor_seconds(group) - before
    for kind, taken in times.items():
        middle, spread = statistics.median(taken), f"{min(taken):.2f} to {max(taken):.2f}"
        print(f"{name}, {kind}: median of {runs} {middle:.2f} s ({spread}), aim < {AIM} s; "
              f"processor {worked[kind] / runs:.2f} s")  # fmt: skip


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
            group = os.getpgid(office.connection.pid)
            measure(
                "the extension's button", runs, group, lambda: dispatch("check"), lambda: dispatch("clear")
            )
            assert len(notes(document)) >= 20, "the button left no comments"
            press("check", app, book)
            measure(
                "from outside (attach)",
                runs,
                group,
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
