"""The check code (校验码) of a report: the same figures and words give the same code wherever they stand.

Sixteen signs in four groups, the first 80 bits of a SHA-256 over the report in a canonical form, in the
alphabet of D. Crockford's Base32: no I, L, O or U, so that nothing on paper can be read two ways.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.labels import plain
from workbook.form.values import figure
from workbook.form.words import PREAMBLE

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SIGNS, _GROUP = 16, 4
_READ_AS = str.maketrans("OIL", "011")


def check_code(filing: Filing) -> str:
    """ "7K3M-…", over organ, year, edition, every figure and every section's words.

    What nobody sees (spaces, line breaks, width of signs) does not count, nor how a figure came
    about: typed, added up, or 0 by the declaration 其余空格均为0. Raises UnusableInput for an edition that is
    unknown.
    """
    return spelled(hashlib.sha256("\n".join(_canonical(filing)).encode("utf-8", "surrogatepass")).digest())


def spelled(digest: bytes) -> str:
    """The first 80 bits of a digest, or of chance, as a code that can be read out and typed in."""
    number = int.from_bytes(digest[: _SIGNS * 5 // 8], "big")
    signs = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_SIGNS)))
    return "-".join(signs[start : start + _GROUP] for start in range(0, _SIGNS, _GROUP))


def _canonical(filing: Filing) -> Iterator[str]:
    yield f"gouji 1|{filing.edition_id}|{filing.year or ''}|{plain(filing.organ.name or '')}"
    for cell in filing.edition.cells:
        yield f"{cell}={_figure(filing, cell)}"
    for section in (PREAMBLE, *(item.id for item in filing.edition.sections)):
        yield f"{section}={plain(filing.sections.get(section) or '')}"


def _figure(filing: Filing, cell: CellId) -> str:
    value = filing.value(cell)
    if value is not None:
        return figure(value)
    fact = filing.facts.get(cell)
    return plain(str(fact.raw)) if fact is not None and fact.raw is not None else ""


def same_code(one: str, other: str) -> bool:
    """Whether two check codes, as typed by somebody from paper, are the same."""
    return bool(bare_code(one)) and bare_code(one) == bare_code(other)


def bare_code(code: str) -> str:
    """A code's signs alone, whatever width, case and hyphens it was typed with."""
    folded = unicodedata.normalize("NFKC", code).upper().translate(_READ_AS)
    return "".join(sign for sign in folded if sign in ALPHABET)
