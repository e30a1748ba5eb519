"""The soffice process: started, attached to, found dead or hung, ended with everything that belongs to it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlwings as xw

from addin import libreoffice
from addin.libreoffice import office as office_module
from addin.libreoffice.office import Office, attach, find_soffice
from addin.libreoffice.problems import OfficeGone, OfficeMissing
from addin.libreoffice.uno_bridge import connect

ROOT = Path(__file__).parents[2]


def _living(groups: set[int]) -> list[str]:
    """The programs that still run in these process groups (ended ones may wait to be collected)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            name, _, rest = status.read_text(encoding="utf-8").rpartition(")")
            state, _, group = rest.split()[:3]
            if int(group) in groups and state not in "ZX":
                found.append(name)
    return found


def _python(code: str, **environment: str) -> str:
    """What a fresh Python says, so that nothing imported by the tests is there already."""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **environment}, capture_output=True,
        text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


# importing ------------------------------------------------------------------------------------------


def test_only_the_free_part_of_xlwings_is_used() -> None:
    assert xw.__pro__ is False
    said = _python(
        "import sys, xlwings\n"
        "before = set(sys.modules)\n"
        "from addin import libreoffice\n"
        "libreoffice.register().activate()\n"
        "pro = {m for m in sys.modules if m.startswith('xlwings.pro')}\n"
        "heavy = {'pandas', 'numpy', 'uno', 'pyuno'} & (set(sys.modules) - before)\n"
        "print(xlwings.__pro__, sorted(pro), sorted(pro - before), sorted(heavy))"
    )
    assert said == "False ['xlwings.pro.utils'] [] []"


def test_neither_pandas_nor_numpy_is_needed() -> None:
    """xlwings imports them itself if they are there; the frozen program leaves them out."""
    said = _python(
        "import sys; sys.modules['pandas'] = sys.modules['numpy'] = None\n"
        "from addin import libreoffice\n"
        "print(libreoffice.register().name, libreoffice.engine.prepare_xl_data_element(3))"
    )
    assert said == "libreoffice 3.0"


def test_the_engine_can_be_imported_where_uno_is_missing() -> None:
    said = _python(
        "import sys; sys.modules['uno'] = None\n"  # as on a Windows PC
        "from addin.libreoffice import uno_bridge, register\n"
        "register(); sys.modules.pop('uno')\n"
        "uno_bridge.DIST_PACKAGES = '/nowhere'\n"
        "try: uno_bridge.connect('pipe,name=x')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    assert said.startswith("OfficeMissing 没有找到LibreOffice的Python接口")


@pytest.mark.office
def test_importing_uno_leaves_no_trace_in_this_process(installed: None) -> None:
    said = _python(
        "import builtins, sys\n"
        "path, hook = list(sys.path), builtins.__import__\n"
        "from addin.libreoffice.uno_bridge import load_uno\n"
        "print(load_uno().__name__, sys.path == path, builtins.__import__ is hook)"
    )
    assert said == "uno True True"


def test_registering_twice_registers_once() -> None:
    first = libreoffice.register()
    assert libreoffice.register() is first
    assert [engine.name for engine in xw.engines].count("libreoffice") == 1


# the process ----------------------------------------------------------------------------------------


@pytest.mark.office
def test_a_missing_libreoffice_is_said(installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OfficeMissing, match="没有应答"):
        connect("pipe,name=gouji-nobody", timeout=0.2)
    with pytest.raises(OfficeMissing, match="还没有启动"):
        _ = Office().connection
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(office_module, "_USUAL_PLACES", ())
    with pytest.raises(OfficeMissing, match="没有安装"):
        find_soffice()


@pytest.mark.office
def test_attaching_joins_the_libreoffice_that_is_open(office: Office, book: xw.Book, tmp_path: Path) -> None:
    joined = attach(office.profile)
    assert [d.getTitle() for d in joined.spreadsheets()] == [book.name]
    libreoffice.use(joined)
    xw.books.active.sheets[0]["A1"].value = "从外面写的"
    libreoffice.use(office.connection)
    assert book.sheets[0]["A1"].value == "从外面写的"
    with pytest.raises(OfficeMissing, match="没有打开"):
        attach(tmp_path)


@pytest.mark.office
def test_a_hung_or_killed_soffice_is_noticed_replaced_and_leaves_nothing_behind(calc: xw.App) -> None:
    """Closing a document whose Basic does not compile may bring soffice down: then this happens."""
    own = Office(timeout=120)
    with own:
        libreoffice.use(own.connection)
        book, first = xw.Book(), own.pid
        assert own.healthy()
        os.killpg(first, signal.SIGSTOP)
        time.sleep(0.2)
        assert not own.healthy(timeout=0.3)
        libreoffice.use(own.restart())
        assert own.healthy() and own.pid != first and len(xw.books) == 0
        with pytest.raises(OfficeGone):
            _ = book.name
        assert xw.Book().sheets[0].name
        os.killpg(own.pid, signal.SIGKILL)
        own._process.wait(10)
        assert not own.healthy()
        last, profile = own.pid, own.profile
    assert not _living({first, last})
    assert not profile.exists()
    assert not list(Path("/tmp").glob(f"OSL_PIPE_{os.getuid()}_gouji-{os.getpid()}-*"))
    own.stop()  # a second time does nothing
