"""xlwings on a live LibreOffice: the same program that drives Excel drives Calc, over UNO.

    from addin import libreoffice
    from addin.libreoffice.office import Office

    libreoffice.register().activate()
    with Office() as office:                 # or: libreoffice.use(office.attach()) for the user's own
        libreoffice.use(office.connection)
        book = xw.Book("年报.xlsx")

Only the BSD part of xlwings is used. Importing this needs no LibreOffice; connecting does.
"""

from __future__ import annotations

import xlwings as xw

from addin.libreoffice.engine import NAME, Engine
from addin.libreoffice.uno_bridge import Connection

__all__ = ["NAME", "engine", "register", "use"]

engine = Engine()
"""The one engine of this process; `engine.dialogs` tells a test what was shown and answers for the user."""


def register() -> xw.Engine:
    """Make the engine known to xlwings as "libreoffice" (once) and return xlwings' side of it."""
    if NAME not in xw.engines.engines_by_name:
        xw.engines.add(xw.Engine(impl=engine))
    return xw.engines[NAME]


def use(connection: Connection | None) -> None:
    """Let the engine work with this soffice; None lets go of it (nothing is closed)."""
    engine.use(connection)
