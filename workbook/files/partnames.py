"""Names of a package's entries: which are safe, and how two are compared."""

from __future__ import annotations

from workbook.files.memory import Memory


def plain_name(name: str) -> str:
    """How an entry's name is compared: without case, with forward slashes."""
    return name.lower().replace("\\", "/")


def safe_name(name: str) -> tuple[str, str]:
    """An entry's name and how it is compared; ("", "") for one that points out of the package."""
    if not name or name[0] in "/\\" or ":" in name or "\0" in name:
        return "", ""
    plain = plain_name(name)
    return ("", "") if ".." in plain.split("/") else (name, plain)


class Names(Memory[bytes, tuple[str, str]]):
    """Stored UTF-8 name → what `safe_name` says of it, kept: all workbooks have the same parts."""

    most, _LONGEST = 4_096, 100

    def __missing__(self, stored: bytes) -> tuple[str, str]:
        try:
            safe = safe_name(stored.decode("utf-8"))
        except UnicodeDecodeError:
            safe = "", ""
        if len(stored) <= self._LONGEST:
            self.keep(stored, safe)
        return safe


names = Names()
