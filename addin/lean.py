"""What has to be settled before the first import: no strange folder on the path, no heavy or PRO modules.

xlwings loads pandas and numpy if it finds them (four seconds on an old PC) and tries its PRO part, which has
another licence. The button needs none of them.
"""

from __future__ import annotations

import contextlib
import importlib
import sys

# No other imports: until the path is clean even `import json` might come from the workbook's folder.

_HEAVY = ("pandas", "numpy", "matplotlib", "PIL", "polars", "plotly")
_PRO = "xlwings.pro"


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

    Does nothing if xlwings has been imported already or is not installed: building needs none.
    """
    if "xlwings" in sys.modules:
        return
    hidden = [name for name in (*_HEAVY, _PRO) if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: "there is none", says Python
    try:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module("xlwings")
    finally:
        for name in hidden:
            if name != _PRO:  # that one stays away: nothing of it may ever run
                sys.modules.pop(name, None)
