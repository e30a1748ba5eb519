"""Others' tools, imported without their deprecation warnings, which would fail our tests."""

from __future__ import annotations

import importlib
import warnings
from typing import Any


def quiet_import(module: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(module)
