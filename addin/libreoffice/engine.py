"""The engine as xlwings sees it: engine, apps, app."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from addin.libreoffice import values
from addin.libreoffice.books import Book, Books
from addin.libreoffice.dialogs import Dialogs
from addin.libreoffice.problems import OfficeGone, OfficeMissing, OfficeRefused
from addin.libreoffice.ranges import Range
from addin.libreoffice.uno_bridge import Connection, properties, translated

NAME = "libreoffice"


class Engine:
    """One engine a process; it talks to the soffice it was told to `use`, or to none."""

    name = NAME
    type = "desktop"
    prepare_xl_data_element = staticmethod(values.prepare)
    clean_value_data = staticmethod(values.clean)

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.dialogs = Dialogs()
        self.activated = ""  # key of the book activated last
        self.frozen: list[Any] = []  # documents whose windows we keep from repainting
        self.flags = {"display_alerts": True, "enable_events": True, "interactive": True}

    def use(self, connection: Connection | None) -> None:
        """Work with this soffice from now on; None leaves it."""
        self.connection, self.activated, self.frozen = connection, "", []
        self.dialogs.forget()

    @property
    def apps(self) -> Apps:
        """The connected soffice, if any."""
        return Apps(self)


class Apps(base_classes.Apps):
    """At most one application: a user profile has one soffice, and we know the one we are connected to."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _all(self) -> list[App]:
        return [] if self._engine.connection is None else [App(self._engine, self._engine.connection)]

    def keys(self) -> list[int]:
        """Its process number."""
        return [app.pid for app in self._all()]

    def __iter__(self) -> Iterator[App]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, pid: int) -> App:
        for app in self._all():
            if app.pid == pid:
                return app
        raise KeyError(pid)

    def add(self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None) -> App:  # noqa: ARG002
        """Refused: starting soffice is `office.Office`'s work, never a side effect of opening a book."""
        raise OfficeMissing("还没有连接LibreOffice。")


@translated
class App(base_classes.App):
    """The connected soffice."""

    def __init__(self, engine: Engine, connection: Connection) -> None:
        self.engine, self.connection = engine, connection

    @property
    def api(self) -> Any:
        """The UNO desktop."""
        return self.connection.desktop

    @property
    def pid(self) -> int:
        """The process number if we started it, else 1."""
        return self.connection.pid

    @property
    def hwnd(self) -> None:
        """Windows only."""
        return

    @property
    def version(self) -> str:
        """LibreOffice's version, such as "7.4"."""
        provider = self.connection.service("com.sun.star.configuration.ConfigurationProvider")
        settings = provider.createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess",
            properties(nodepath="/org.openoffice.Setup/Product"),
        )
        return str(settings.getByName("ooSetupVersion"))

    @property
    def books(self) -> Books:
        """The open books."""
        return Books(self)

    @property
    def visible(self) -> bool:
        """Whether it has a screen; that is decided when soffice is started."""
        return not self.connection.headless

    @visible.setter
    def visible(self, value: bool) -> None:
        """Ignored: xlwings sets it whenever an App is made."""

    def activate(self, steal_focus: bool = False) -> None:
        """Bring its window to the front, if asked to."""
        frame = self._frame()
        if steal_focus and frame is not None:
            frame.getContainerWindow().toFront()

    @property
    def selection(self) -> Range | None:
        """The selected cells of the active book (of several areas the first); None for a shape."""
        book = self._active_book()
        chosen = None if book is None else book.controller.getSelection()
        if book is None or chosen is None:
            return None
        if chosen.supportsService("com.sun.star.sheet.SheetCellRange"):
            return book.wrap(chosen)
        if chosen.supportsService("com.sun.star.sheet.SheetCellRanges") and chosen.getCount():
            return book.wrap(chosen.getByIndex(0))
        return None

    def _active_book(self) -> Book | None:
        with contextlib.suppress(OfficeRefused):  # no book is open; counting them first costs as much again
            return self.books.active
        return None

    def _frame(self) -> Any:
        book = self._active_book()
        return None if book is None else book.controller.getFrame()

    # how it works ----------------------------------------------------------------------------------

    @property
    def screen_updating(self) -> bool:
        """False while we keep the windows from repainting."""
        return not self.engine.frozen

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        if value:
            frozen, self.engine.frozen = self.engine.frozen, []
            for document in frozen:
                with contextlib.suppress(OfficeGone):  # closed in the meantime, its lock with it
                    self._thaw(document)
            return
        for document in self.connection.spreadsheets():
            if not any(document == frozen for frozen in self.engine.frozen):
                document.lockControllers()  # counted: every lock must be taken off exactly once
                self.engine.frozen.append(document)

    def _thaw(self, document: Any) -> None:
        document.unlockControllers()

    @property
    def calculation(self) -> str:
        """ "automatic" or "manual", of the active book; LibreOffice has it book by book."""
        book = self._active_book()
        return "automatic" if book is None or book.xl.isAutomaticCalculationEnabled() else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in ("automatic", "semiautomatic", "manual"):
            raise ValueError(f"no such calculation mode: {value}")
        for document in self.connection.spreadsheets():
            document.enableAutomaticCalculation(value != "manual")

    def calculate(self) -> None:
        """Recalculate every open book."""
        for document in self.connection.spreadsheets():
            document.calculateAll()

    @property
    def display_alerts(self) -> bool:
        """Kept for xlwings, without effect: a program's steps never open a dialog here."""
        return self.engine.flags["display_alerts"]

    @display_alerts.setter
    def display_alerts(self, value: bool) -> None:
        self.engine.flags["display_alerts"] = bool(value)

    @property
    def enable_events(self) -> bool:
        """Kept for programs that switch it off, without effect: macros of a book never run."""
        return self.engine.flags["enable_events"]

    @enable_events.setter
    def enable_events(self, value: bool) -> None:
        self.engine.flags["enable_events"] = bool(value)

    @property
    def interactive(self) -> bool:
        """Kept for programs that switch it off, without effect."""
        return self.engine.flags["interactive"]

    @interactive.setter
    def interactive(self, value: bool) -> None:
        self.engine.flags["interactive"] = bool(value)

    # what it says ----------------------------------------------------------------------------------

    @property
    def status_bar(self) -> str | bool:
        """Our text in the status bar, False when LibreOffice has it."""
        return self.engine.dialogs.status

    @status_bar.setter
    def status_bar(self, value: str | bool | None) -> None:
        self.engine.dialogs.show_status(self._frame(), value)

    def alert(
        self, prompt: str, title: str | None, buttons: str | None, mode: str | None, _callback: str | None
    ) -> str:
        """A message box; "ok", "cancel", "yes" or "no". Without a screen it is recorded (see Dialogs)."""
        return self.engine.dialogs.ask(
            self.connection, self._frame(), prompt or "", title or "", buttons or "ok", mode
        )

    def choose_file(self, title: str, kind: str, patterns: str) -> str:
        """The path of a file the user chooses to open, "" for none; without a screen see Dialogs."""
        return self.engine.dialogs.choose_file(self.connection, title, kind, patterns)
