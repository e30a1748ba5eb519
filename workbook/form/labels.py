"""Labels compared as people read them: width, spaces, line breaks and kinds of punctuation do not count."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# NFKC leaves these as they are; readers take them for the same sign.
_SAME = str.maketrans({
    "“": '"', "”": '"', "„": '"', "〝": '"', "〞": '"', "＂": '"', "‘": '"', "’": '"', "'": '"',
    "。": ".", "﹒": ".", "·": ".", "•": ".", "〔": "(", "〕": ")", "【": "(", "】": ")", "[": "(", "]": ")",
    "—": "-", "–": "-", "－": "-", "―": "-", "﹣": "-",
})  # fmt: skip

# Zero-width and direction marks: invisible, and used to make two labels look alike or differ.
_INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0x00AD]
)


def plain(text: str) -> str:
    """A label without what a reader does not see: NFKC, no spaces, one kind of quote, dash and bracket."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_SAME).split())


label_plain = lru_cache(maxsize=65_536)(plain)  # of labels, which recur; not of prose


_LONGEST = 400


def legible(text: str, longest: int = _LONGEST) -> str:
    """A foreign text fit to be quoted in a message: no control or direction signs, not without end.

    What stands in a file must neither move the cursor of a terminal nor turn the words around it.
    """
    shown = "".join(" " if sign in "\t\r\n" else sign for sign in text[: 4 * longest] if _is_seen(sign))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _is_seen(sign: str) -> bool:
    if sign in "\t\r\n":
        return True
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs")
