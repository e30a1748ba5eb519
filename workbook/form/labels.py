"""Labels compared as people read them: width, spaces, line breaks and kinds of punctuation do not count."""

from __future__ import annotations

import unicodedata

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
