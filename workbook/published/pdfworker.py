"""The process in which a PDF is taken apart: what it may cost ends with it.

`python -m workbook.published.pdfworker FILE` writes the pages as JSON. It is a program of its own because a
PDF can make any reader spin or swell, and only a process can be stopped from outside.
"""

from __future__ import annotations

import json
import logging
import sys
import zlib
from typing import Any

PAGES = 80  # a report has five to thirty
CHARACTERS = 60_000  # of one page
UNPACKED = 64 * 1024 * 1024  # bytes of one stream
PROCESSOR = 60  # seconds of computing, likewise; a report of thirty pages takes ten
MEMORY = 3 * 1024 * 1024 * 1024  # bytes of address space, where the system can hold a process to it


class _Zlib:
    """zlib as pdfminer calls it, with an end."""

    error = zlib.error

    @staticmethod
    def decompress(data: bytes, *_: Any) -> bytes:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(data, UNPACKED)
        if unpacker.unconsumed_tail:
            raise MemoryError
        return content

    @staticmethod
    def decompressobj(*given: Any) -> Any:
        return zlib.decompressobj(*given)


def main(path: str) -> int:
    """Write what stands in a PDF; exit status 3: needs a password, 4: too large, 5: cannot be read."""
    _hold_memory()
    logging.disable(logging.CRITICAL)
    import pdfminer.pdftypes  # noqa: PLC0415  (heavy, and only in this process)
    import pdfplumber  # noqa: PLC0415
    from pdfminer.pdfdocument import PDFPasswordIncorrect  # noqa: PLC0415

    from workbook.published.pdfpage import page_parts  # noqa: PLC0415

    pdfminer.pdftypes.zlib = _Zlib  # type: ignore[assignment, attr-defined]
    pages: list[dict[str, object]] = []
    try:
        with pdfplumber.open(path) as document:
            if len(document.pages) > PAGES:
                return 4
            for page in document.pages:
                if len(page.chars) > CHARACTERS:
                    return 4
                lines, rows, pictures = page_parts(page)
                pages.append({
                    "lines": [(x.text, x.left, x.top, x.right, x.size) for x in lines],
                    "rows": [(x.cells, x.top, x.table, x.number) for x in rows],
                    "pictures": pictures,
                })  # fmt: skip
                page.close()
    except (MemoryError, RecursionError):
        return 4
    except Exception as error:
        password = isinstance(error, PDFPasswordIncorrect) or "PDFPasswordIncorrect" in repr(error)
        return 3 if password else 5
    sys.stdout.buffer.write(json.dumps(pages).encode("ascii"))
    return 0


def _hold_memory() -> None:
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR + 5))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
