"""What has to be settled before the first import: no strange folder on the path, no heavy or PRO modules.

xlwings loads pandas and numpy if it finds them (four seconds on an old PC) and tries its PRO part, which has
another licence. The button needs none of them. On Windows it asks a busy Excel again for ever, and on leaving
it ends every Excel it has not seen (`taskkill /F`): neither may happen on a clerk's PC.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import sys
from types import ModuleType

# No other imports: until the path is clean even `import json` might come from the workbook's folder.

_HEAVY = ("pandas", "numpy", "matplotlib", "PIL", "polars", "plotly")
_PRO = "xlwings.pro"
_COM = "xlwings._xlwindows"
_ATTEMPTS = 1000  # at an Excel that says it is busy: about a second's worth


def leave_current_folder() -> None:
    """Take the current folder off the path, where `python -m addin` has put it.

    It may be the workbook's, with a `yaml.py` or a `workbook/` in it. (While Python looks for what `-m`
    names, and only then, "-m" is the first argument.) Our own folder stays: a checkout not installed.
    """
    started_by_name = getattr(sys, "argv", [])[:1] == ["-m"] and not sys.flags.safe_path
    if started_by_name and sys.path and sys.path[0] != _own_folder():
        del sys.path[0]


def _own_folder() -> str:
    """The folder this package lies in."""
    return __file__.replace("\\", "/").rsplit("/", 2)[0].replace("/", "\\" if "\\" in __file__ else "/")


def import_xlwings() -> None:
    """Import xlwings as if what it could do without were not installed; afterwards that is there again.

    Imports nothing if xlwings has been imported already or is not installed: building needs none.
    """
    if "xlwings" not in sys.modules:
        _import_alone()
    if _COM in sys.modules:
        tame(sys.modules[_COM])


def _import_alone() -> None:
    hidden = [name for name in (*_HEAVY, _PRO) if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: "there is none", says Python
    try:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module("xlwings")
    finally:
        for name in hidden:
            if name != _PRO:  # that one stays away: nothing of it may ever run
                sys.modules.pop(name, None)


def tame(com: ModuleType) -> None:
    """Bound xlwings' patience with a busy Excel, and keep it from ending other Excels when we leave."""
    com.N_COM_ATTEMPTS = _ATTEMPTS  # type: ignore[attr-defined]  # 0, its default, is for ever
    atexit.unregister(com.cleanup)
