"""What LibreOffice runs when a button of ours is pressed: hands the task to `addin.running`, nothing more.

It lies at the top of gouji.oxt beside the folder `program`, which holds our packages; it is never imported
here. Only LibreOffice's own Python loads it, so that nothing has to be installed or found.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import unohelper  # type: ignore[import-not-found]
from com.sun.star.frame import XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo

PROTOCOL = "vnd.gouji.task:"
NAME = "org.gouji.Buttons"
_SERVICE = "com.sun.star.frame.ProtocolHandler"


@contextmanager
def _own_path() -> Iterator[None]:
    """Our packages first, the folder LibreOffice was started in never; afterwards the path as it was."""
    before = list(sys.path)
    program = str(Path(__file__).parent / "program")
    sys.path[:] = [program, *(place for place in before if place and Path(place).is_absolute())]
    try:
        yield
    finally:
        sys.path[:] = before


class Buttons(unohelper.Base, XInitialization, XServiceInfo, XDispatchProvider, XDispatch):  # type: ignore[misc]
    """The protocol handler LibreOffice makes for each window; `vnd.gouji.task:check` is 校验."""

    def __init__(self, context: Any, *_: Any) -> None:
        self._context = context

    def initialize(self, arguments: Any) -> None:
        """The window; the book in front is the one to work on, so it is not kept."""

    def queryDispatch(self, url: Any, _frame: str, _flags: int) -> Any:
        """Ourselves, for our own addresses."""
        return self if url.Complete.startswith(PROTOCOL) else None

    def queryDispatches(self, requests: Any) -> Any:
        """The same for many."""
        return tuple(self.queryDispatch(r.FeatureURL, r.FrameName, r.SearchFlags) for r in requests)

    def dispatch(self, url: Any, _arguments: Any) -> None:
        """A button was pressed."""
        with _own_path():
            libreoffice = importlib.import_module("addin.libreoffice")
            bridge = importlib.import_module("addin.libreoffice.uno_bridge")
            running = importlib.import_module("addin.running")
            running.open_log()
            libreoffice.register().activate()
            libreoffice.use(bridge.connect_inside(self._context))
            try:
                app = running.attached()
                running.run(url.Complete[len(PROTOCOL) :], app, running.book_in_front(app))
            finally:
                libreoffice.use(None)

    def addStatusListener(self, _listener: Any, _url: Any) -> None:
        """Our buttons are always active; there is no state to report."""

    def removeStatusListener(self, _listener: Any, _url: Any) -> None:
        """See addStatusListener."""

    def getImplementationName(self) -> str:
        """The name META-INF/manifest.xml and ProtocolHandler.xcu know it by."""
        return NAME

    def supportsService(self, name: str) -> bool:
        """Whether it is one of these."""
        return name == _SERVICE

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        """What it is."""
        return (_SERVICE,)


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Buttons, NAME, (_SERVICE,))
