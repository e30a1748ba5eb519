"""The open spreadsheet documents."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.libreoffice.formats import Formats
from addin.libreoffice.names import Names
from addin.libreoffice.native import BookApi
from addin.libreoffice.problems import OfficeProblem, OfficeRefused
from addin.libreoffice.ranges import Range
from addin.libreoffice.sheets import Sheet, Sheets
from addin.libreoffice.uno_bridge import SPREADSHEET, path_of, properties, translated, uno_errors
from workbook.problems import UnusableInput, UnwritableOutput

if TYPE_CHECKING:
    from addin.libreoffice.engine import App

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
}
"""What a book can be saved as, by the end of its file name."""

_NEVER, _NO_UPDATE, _FULL_UPDATE = 0, 0, 3  # com.sun.star.document.MacroExecMode, UpdateDocMode


@translated
class Books(base_classes.Books):
    """All open books, hidden ones too, in the order they were opened."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Any:
        """The UNO desktop."""
        return self.app.connection.desktop

    @property
    def active(self) -> Book:
        """The book the user has before her.

        That is the spreadsheet in the window with the focus. If the focus is elsewhere (a letter, the
        Basic editor): the shown book activated last through xlwings, else the shown one opened last.
        A hidden book is active only if no book is shown. OfficeRefused if no book is open.
        """
        current = self.api.getCurrentComponent()
        if current is not None and current.supportsService(SPREADSHEET):
            book = Book(self.app, current)
            if book.shown:
                return book
        books = list(self)
        if not books:
            raise OfficeRefused("LibreOffice里没有打开的工作簿。")
        shown = [book for book in books if book.shown]
        chosen = [book for book in shown if book.key == self.app.engine.activated]
        return (chosen or shown or books)[-1]

    def __call__(self, key: int | str) -> Book:
        """A book by its number (from 1), name or full path; KeyError if it is not open."""
        books = list(self)
        if isinstance(key, numbers.Number):
            if not 1 <= int(key) <= len(books):
                raise KeyError(key)
            return books[int(key) - 1]
        wanted = str(key).casefold()
        for book in books:
            if wanted in (book.name.casefold(), book.fullname.casefold()):
                return book
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self.app.connection.spreadsheets())

    def __iter__(self) -> Iterator[Book]:
        return iter([Book(self.app, document) for document in self.app.connection.spreadsheets()])

    def add(self) -> Book:
        """A new, empty book; it becomes the active one."""
        return self._opened("private:factory/scalc")

    def open(
        self,
        fullname: str,
        update_links: bool | None = None,
        read_only: bool | None = None,
        _format: str | None = None,
        password: str | None = None,
        *_excel_only: Any,
    ) -> Book:
        """Open a file; it becomes the active book. Its macros never run. UnusableInput if it cannot be read.

        The path may hold Chinese, spaces and "="; what follows `password` is for Excel only. A file that
        a colleague has open comes read-only, as on Excel; one open in another LibreOffice of the same
        user is refused.
        """
        options: dict[str, Any] = {
            "MacroExecutionMode": _NEVER,
            "UpdateDocMode": _FULL_UPDATE if update_links else _NO_UPDATE,
            "ReadOnly": bool(read_only),
        }
        if password:
            options["Password"] = password
        path = Path(fullname).absolute()
        try:
            return self._opened(path.as_uri(), **options)
        except OfficeRefused as problem:
            if path.with_name(f".~lock.{path.name}#").exists():
                raise UnusableInput(f"“{path.name}”正在别处打开，或上次没有正常关闭。") from problem
            raise UnusableInput(f"“{path.name}”打不开：不是表格文件，或已损坏、加密。") from problem

    def _opened(self, url: str, **options: Any) -> Book:
        document = self._load(url, options)
        if document is None or not document.supportsService(SPREADSHEET):
            if document is not None:
                document.close(True)
            raise OfficeRefused(f"LibreOffice没有把它当作表格打开：{url}")
        book = Book(self.app, document)
        book.activate()
        return book

    def _load(self, url: str, options: dict[str, Any]) -> Any:
        return self.api.loadComponentFromURL(url, "_blank", 0, properties(**options))


@translated
class Book(base_classes.Book):
    """One open spreadsheet document."""

    def __init__(self, app: App, xl: Any) -> None:
        self._app, self.xl = app, xl

    @cached_property
    def api(self) -> BookApi:
        """The UNO document with Excel's ProtectStructure, ReadOnly and Saved."""
        return BookApi(self.xl)

    @property
    def app(self) -> App:
        """The application it is open in."""
        return self._app

    @property
    def key(self) -> str:
        """Tells this document from every other that this soffice has opened."""
        return str(self.xl.RuntimeUID)

    @property
    def controller(self) -> Any:
        """The UNO controller: active sheet and selection."""
        return self.xl.getCurrentController()

    def is_open(self) -> bool:
        """False once it has been closed, by us or by the user."""
        try:
            self.xl.getURL()
        except uno_errors():
            return False
        return True

    @property
    def shown(self) -> bool:
        """False for a document that was loaded hidden."""
        controller = self.controller
        return controller is not None and bool(controller.getFrame().getContainerWindow().isVisible())

    @cached_property
    def formats(self) -> Formats:
        """Its number formats."""
        return Formats(self.xl)

    @cached_property
    def cell_styles(self) -> Any:
        """The UNO collection of its cell styles."""
        return self.xl.StyleFamilies.getByName("CellStyles")

    @property
    def sheet_names(self) -> frozenset[str]:
        """The names of all its sheets."""
        return frozenset(self.xl.getSheets().getElementNames())

    @property
    def sheets(self) -> Sheets:
        """Its sheets."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """Its defined names, those of its sheets included."""
        return Names(self)

    def wrap(self, area: Any) -> Range:
        """The range of a UNO range of this document, on whichever sheet it lies."""
        return Sheet(self, area.getSpreadsheet()).wrap(area)

    @property
    def fullname(self) -> str:
        """The path of its file; for a book never saved, its title ("Untitled 1")."""
        url = str(self.xl.getURL())
        return path_of(url) if url else str(self.xl.getTitle())

    @property
    def name(self) -> str:
        """The name of its file, without the folder."""
        return Path(self.fullname).name

    def activate(self) -> None:
        """Make it the active book; a hidden document is shown by that."""
        frame = self.controller.getFrame()
        window = frame.getContainerWindow()
        if not window.isVisible():
            window.setVisible(True)
        frame.activate()
        self._app.engine.activated = self.key

    def close(self) -> None:
        """Close it without saving."""
        self.xl.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save, under its own name or a new path (.xlsx .xlsm .xls .ods), over an existing file.

        A book never saved goes into the current folder as .xlsx. UnwritableOutput if it cannot be written.
        """
        if path is None and not self.xl.getURL():
            path = f"{self.name}.xlsx"
        target = Path(path if path is not None else self.fullname).absolute()
        if path is not None and target.suffix.lower() not in FILTERS:
            raise UnwritableOutput(f"不能保存为“{target.suffix}”类型，请用 {' '.join(FILTERS)}。")
        try:
            if not target.parent.is_dir():  # LibreOffice would make it
                raise OfficeRefused(f"没有这个文件夹：{target.parent}")
            self._store(None if path is None else target, password)
        except OfficeProblem as problem:
            raise UnwritableOutput(
                f"“{target.name}”保存不了：文件夹不存在、只读，或文件在别处打开。"
            ) from problem

    def _store(self, target: Path | None, password: str | None) -> None:
        if target is None:
            self.xl.store()
            return
        options = {"FilterName": FILTERS[target.suffix.lower()], "Overwrite": True}
        if password:
            options["Password"] = password
        self.xl.storeAsURL(target.as_uri(), properties(**options))
