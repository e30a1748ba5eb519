"""What a program says to the user: message boxes and the status bar."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from addin.libreoffice.uno_bridge import Connection, enum, path_of, translated

BUTTONS = {
    "ok": (1, ("ok",)),
    "ok_cancel": (2, ("ok", "cancel")),
    "yes_no": (3, ("yes", "no")),
    "yes_no_cancel": (4, ("yes", "no", "cancel")),
}
"""xlwings' button sets: LibreOffice's number for each, and the answers it can give, the default first."""

_RESULTS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}  # com.sun.star.awt.MessageBoxResults


@dataclass(frozen=True, slots=True)
class Alert:
    """A message box that was answered without a screen."""

    prompt: str
    title: str
    buttons: str
    mode: str | None
    answer: str


@translated
class Dialogs:
    """Message boxes and status bar of one engine.

    Without a screen a box never opens: it is recorded in `alerts` and answered by the next of `answers`,
    or by its default button ("ok" or "yes") when there is none.
    """

    def __init__(self) -> None:
        self.alerts: list[Alert] = []
        self.answers: deque[str] = deque()
        self.status: str | bool = False
        self._indicator: Any = None
        self._frame: Any = None

    def ask(
        self, connection: Connection, frame: Any, prompt: str, title: str, buttons: str, mode: str | None
    ) -> str:
        """Show a box over `frame` (which may be None) and wait for the answer, or record it."""
        number, answers = BUTTONS[buttons]
        if connection.headless:
            answer = self.answers.popleft() if self.answers else answers[0]
            self.alerts.append(Alert(prompt, title, buttons, mode, answer))
            return answer
        parent = frame.getContainerWindow() if frame is not None else None
        # An INFOBOX would show nothing but OK, whatever buttons are asked for
        kind = "ERRORBOX" if mode == "critical" else "INFOBOX" if buttons == "ok" else "QUERYBOX"
        box = connection.service("com.sun.star.awt.Toolkit").createMessageBox(
            parent, enum("com.sun.star.awt.MessageBoxType", kind), number, title, prompt
        )
        try:
            result = _RESULTS.get(int(box.execute()), "cancel")
        finally:
            box.dispose()  # it would stay among the windows, unseen
        return result if result in answers else answers[-1]

    def choose_file(self, connection: Connection, title: str, kind: str, patterns: str) -> str:
        """Let the user choose a file; its path, "" for none. Without a screen the next of `answers`."""
        if connection.headless:
            return self.answers.popleft() if self.answers else ""
        picker = connection.service("com.sun.star.ui.dialogs.FilePicker")
        try:
            picker.setTitle(title)
            picker.appendFilter(kind, patterns)
            chosen = picker.getSelectedFiles() if picker.execute() == 1 else ()
        finally:
            picker.dispose()
        return path_of(str(chosen[0])) if chosen else ""

    def show_status(self, frame: Any, text: str | bool | None) -> None:
        """Show a text in the status bar of a frame; False or None gives the bar back."""
        if self._indicator is not None and (text in (False, None) or frame != self._frame):
            self._indicator.end()
            self._indicator = self._frame = None
        self.status = False
        if text in (False, None):
            return
        self.status = str(text)
        if frame is None:
            return
        if self._indicator is None:
            self._indicator, self._frame = frame.createStatusIndicator(), frame
            self._indicator.start(self.status, 0)
        else:
            self._indicator.setText(self.status)

    def forget(self) -> None:
        """Drop what belongs to a soffice that is gone."""
        self._indicator = self._frame = None
        self.status = False
