"""The only door to UNO: import it, connect to a running soffice, turn its exceptions into ours.

Importing this module never needs LibreOffice; only `load_uno` and `connect` do. UNO objects are
untyped and stay `Any`; nobody outside this package sees one unless he asks for `.api`.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import os
import re
import sys
import time
import warnings
from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from addin.libreoffice.problems import OfficeGone, OfficeMissing, OfficeRefused

DIST_PACKAGES = "/usr/lib/python3/dist-packages"  # where Debian's python3-uno lives, outside every venv
SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"

_SOURCE_LINE = re.compile(r"\s*at \./\S+:\d+\s*$")

_uno: Any = None
_Class = TypeVar("_Class", bound=type)


def load_uno() -> Any:
    """The `uno` module; OfficeMissing where LibreOffice's Python bridge cannot be imported."""
    global _uno  # noqa: PLW0603 - a module can only be imported once a process
    if _uno is None:
        # A guest in LibreOffice's own Python finds uno loaded and leaves everything as it is
        _uno = sys.modules["uno"] if "uno" in sys.modules else _import_uno()
    return _uno


def _import_uno() -> Any:
    """Import uno with its folder on the path for this one import, and without its import hook."""
    import_before, path_before = builtins.__import__, list(sys.path)
    sys.path.append(DIST_PACKAGES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import uno  # noqa: PLC0415 - must not be needed to import this module
        # Known before any call fails: pyuno builds these classes when first needed, and not thread-safely
        for name in ("uno.RuntimeException", "lang.DisposedException", "connection.NoConnectException"):
            uno.getClass(f"com.sun.star.{name}")
        return uno
    except ImportError as error:
        raise OfficeMissing(
            f"没有找到LibreOffice的Python接口（python3-uno），不能连接LibreOffice。〔{error}〕"
        ) from None
    finally:
        # uno replaces __import__ for the whole process so that `from com.sun.star…` works; that slows
        # every later import and rewrites other people's ImportErrors. We never import that way.
        builtins.__import__ = import_before
        sys.path[:] = path_before  # uno adds LibreOffice's own folder, too


def struct(name: str, **members: Any) -> Any:
    """A UNO struct such as `com.sun.star.table.CellAddress` with some members set."""
    made = load_uno().createUnoStruct(name)
    for member, value in members.items():
        setattr(made, member, value)
    return made


def properties(**values: Any) -> tuple[Any, ...]:
    """Named arguments as UNO wants them: a tuple of PropertyValue."""
    return tuple(struct("com.sun.star.beans.PropertyValue", Name=n, Value=v) for n, v in values.items())


def path_of(url: str) -> str:
    """The path of a file's URL; of another URL itself."""
    parts = urlsplit(url)
    return os.fsdecode(unquote_to_bytes(parts.path)) if parts.scheme == "file" else url


def enum(kind: str, name: str) -> Any:
    """A value of a UNO enumeration."""
    return load_uno().Enum(kind, name)


def is_ambiguous(thing: Any, name: str) -> bool:
    """True when the cells of a UNO range differ in a property."""
    return bool(thing.getPropertyState(name).value == "AMBIGUOUS_VALUE")


def uno_errors() -> tuple[type[BaseException], ...]:
    """The exceptions UNO raises; an empty tuple as long as uno is not loaded."""
    return () if _uno is None else (_uno.getClass("com.sun.star.uno.Exception"),)


def spoken(error: BaseException, step: str) -> OfficeGone | OfficeRefused:
    """A UNO exception as one of ours, without its C++ source line."""
    message = _SOURCE_LINE.sub("", str(getattr(error, "Message", "") or error)).replace("\n", " ")
    kind = type(error).__name__.rsplit(".", 1)[-1]
    if kind == "DisposedException" or "disposed" in message:
        return OfficeGone(f"LibreOffice或这个工作簿已经关闭，没有做完：{step}。")
    return OfficeRefused(f"LibreOffice没有做这一步：{step}。〔{f'{kind} {message}'.strip()}〕")


def translated(cls: _Class) -> _Class:
    """Class decorator: every method and property raises our exceptions instead of UNO's.

    Not a nicety. A UNO exception takes no `__traceback__`, so it breaks every `with` block made by
    contextlib on its way out and is replaced by a senseless one. Ours are raised outside the except
    block on purpose: not even their `__context__` may hold a UNO exception.
    """
    for name, member in list(vars(cls).items()):
        if isinstance(member, property):
            getter, setter = (f and _guarded(f, cls) for f in (member.fget, member.fset))
            setattr(cls, name, property(getter, setter, doc=member.__doc__))
        elif isinstance(member, functools.cached_property):
            member.func = _guarded(member.func, cls)
        elif isinstance(member, FunctionType) and name != "is_open":
            setattr(cls, name, _guarded(member, cls))
    return cls


def _guarded(function: Callable[..., Any], cls: type) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        try:
            return function(*args, **named)
        except uno_errors() as error:
            problem = spoken(error, f"{cls.__name__}.{function.__name__}")
        # What belongs to a closed document answers with any exception at all
        is_open = getattr(args[0], "is_open", None) if args else None
        if is_open is not None and not is_open():
            problem = OfficeGone(f"这个工作簿已经关闭，没有做完：{cls.__name__}.{function.__name__}。")
        raise problem

    return call


@translated
class Connection:
    """A live link to one soffice process.

    `door` says where it listens; `pid` is the process if we started it, else 1 (there is one soffice
    a user profile, so it is only a key).
    """

    def __init__(self, context: Any, door: str, pid: int = 1) -> None:
        self.context, self.door, self.pid = context, door, pid
        self.services = context.getServiceManager()
        self.desktop = self.service("com.sun.star.frame.Desktop")
        self._headless: bool | None = None

    def service(self, name: str) -> Any:
        """A new instance of a UNO service inside that soffice."""
        return self.services.createInstanceWithContext(name, self.context)

    @property
    def headless(self) -> bool:
        """True when that soffice has no screen, so that nobody could answer a dialog.

        UNO has no question for it. The clipboard's implementation tells: only the windowless backend
        uses the generic one.
        """
        if self._headless is None:
            clipboard = self.service("com.sun.star.datatransfer.clipboard.SystemClipboard")
            self._headless = "Generic" in clipboard.getImplementationName()
        return self._headless

    def spreadsheets(self) -> list[Any]:
        """The open spreadsheet documents, hidden ones too, in the order they were opened."""
        components, found = self.desktop.getComponents().createEnumeration(), []
        while components.hasMoreElements():
            component = components.nextElement()
            if component.supportsService(SPREADSHEET):
                found.append((int(component.RuntimeUID), component))
        return [document for _, document in sorted(found, key=lambda pair: pair[0])]

    def close_everything(self) -> None:
        """Close all spreadsheets without saving and ask soffice to end."""
        for document in self.spreadsheets():
            document.close(True)
        self.desktop.terminate()

    def ping(self) -> None:
        """One round trip; raises OfficeGone if nobody answers any more."""
        self.desktop.getName()


def connect(door: str, timeout: float = 20.0, pid: int = 1) -> Connection:
    """Connect to a soffice listening at `door` ("pipe,name=…" or "socket,host=…,port=…,tcpNoDelay=1").

    Waits up to `timeout` seconds for it to come up; OfficeMissing if it does not.
    """
    uno = load_uno()
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    last = time.monotonic() + timeout
    while True:
        with contextlib.suppress(*uno_errors()):  # not listening yet
            return Connection(resolver.resolve(f"uno:{door};urp;StarOffice.ComponentContext"), door, pid)
        if time.monotonic() >= last:
            raise OfficeMissing(f"LibreOffice没有应答，连接不上。〔{door}〕")
        time.sleep(0.05)


def connect_inside(context: Any) -> Connection:
    """The link for code that runs inside LibreOffice (an extension), from its component context."""
    load_uno()
    return Connection(context, "inside")
