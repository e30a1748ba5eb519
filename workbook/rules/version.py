"""Which rules a check was made with: a digest of every rule and edition file and of the program's version."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from workbook import __version__
from workbook.form.editionfile import EDITION_FOLDER
from workbook.rules.rulebook import RULE_FOLDER


@lru_cache(maxsize=1)
def rules_version() -> str:
    """Twelve hexadecimal digits that change whenever a rule, an edition or the program does."""
    digest = hashlib.sha256(__version__.encode("utf-8"))
    for path in sorted([*RULE_FOLDER.glob("*.yaml"), *EDITION_FOLDER.glob("*.yaml")]):
        # Line ends differ between checkouts; they say nothing.
        digest.update(path.name.encode("utf-8") + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
