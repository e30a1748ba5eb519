"""A workbook's package while it is being amended: its parts as text, packed anew only where they changed.

Every other entry keeps its bytes, and each its place.
"""

from __future__ import annotations

from workbook.files.archive import Archive
from workbook.files.markup import (
    Element,
    Encoding,
    children,
    decode,
    encode,
    mask,
    proved,
    root,
    tag,
    well_formed,
)
from workbook.files.safexml import part_text
from workbook.files.schema import FLAT
from workbook.files.zipentry import RawEntry, assemble, pack
from workbook.problems import UnusableInput

_UTF8 = Encoding("utf-8", b"")
_LARGE = 1024 * 1024  # bytes; below, nesting cannot do harm


class Package:
    """The parts of one workbook; reads give text, `put`, `add` and `drop` take effect in `assembled`."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._before: dict[str, tuple[str, Encoding]] = {}
        self._now: dict[str, str | None] = {}
        self._masks: dict[str, tuple[str, str]] = {}
        self._last = ("", b"")

    def find(self, part: str) -> str | None:
        """The stored name of a part whatever its case, None if it is not (or no longer) there."""
        stored = self._archive.find(part)
        if stored is not None and self._now.get(stored, "") is not None:
            return stored
        folded = part.lower()
        return next(
            (new for new, text in self._now.items() if new.lower() == folded and text is not None), None
        )

    @property
    def names(self) -> list[str]:
        """Every part there is now, in the package's order."""
        kept = [name for name in self._archive.names if self._now.get(name, "") is not None]
        return kept + [
            name for name, text in self._now.items() if text is not None and name not in self._archive
        ]

    def text(self, part: str) -> str:
        """A part's text as it is now, proved well-formed when first read."""
        if part in self._now:
            text = self._now[part]
            if text is None:
                raise KeyError(part)
            return text
        if part not in self._before:
            if self._archive.size(part) > _LARGE:
                part_text(self._archive, part)  # proves it with its depth bounded
                self._before[part] = decode(self._read(part), part)
            else:
                text, encoding = decode(self._read(part), part)
                self._before[part] = proved(text, part), encoding
            self._last = ("", b"")
        return self._before[part][0]

    def _read(self, part: str) -> bytes:
        """A part's bytes; the last are kept, for whoever asks `mentions` first and wants the text next."""
        if self._last[0] != part:
            self._last = (part, self._archive.read(part))
        return self._last[1]

    def masked(self, part: str) -> str:
        """A part's text with comments, CDATA and instructions blanked, for scanning."""
        text = self.text(part)
        kept = self._masks.get(part)
        if kept is None or kept[0] is not text:
            kept = self._masks[part] = (text, mask(text))
        return kept[1]

    def top(self, part: str, local: str) -> Element:
        """A part's outermost element; UnusableInput if it bears another name: the part is something else."""
        found = root(self.masked(part))
        if found.local != local:
            raise UnusableInput(f"工作簿中的部件“{part}”内容不符，请用Excel或WPS打开原件，另存为xlsx后重试。")
        return found

    def mentions(self, part: str, words: tuple[bytes, ...]) -> bool:
        """Whether a part may contain one of some ASCII words: asked of its bytes, without proving it."""
        if part in self._now or part in self._before:
            text = self.text(part)
            return any(word.decode("ascii") in text for word in words)
        data = self._read(part)
        if b"\0" in data[:4]:  # UTF-16
            data = data.replace(b"\0", b"")
        return any(word in data for word in words)

    def put(self, part: str, text: str) -> None:
        """Replace the text of a part that is there."""
        self.text(part)  # proved, and there
        stored = self._before.get(part)
        if stored and not stored[1].codec.startswith("utf"):
            # As it will be read again: signs the encoding does not have stand as references.
            text = decode(encode(text, stored[1]), part)[0]
        self._now[part] = text

    def add(self, part: str, text: str) -> str:
        """A new part; one of that name dropped before comes back at its old place."""
        stored = self._archive.find(part)
        name = part if stored is None else stored
        self._now[name] = text
        return name

    def drop(self, part: str) -> None:
        """Take a part away; what leads to it and states its type is `wiring.discard`'s to mend."""
        stored = self.find(part)
        if stored is None:
            return
        if stored in self._archive:
            self._now[stored] = None
        else:
            del self._now[stored]

    def changed(self) -> tuple[str, ...]:
        """The parts that differ from the source's, new and dropped ones included, in the file's order."""
        stored = [
            name for name in self._archive.names if name in self._now and self._differs(name, self._now[name])
        ]
        return (*stored, *(name for name in self._now if name not in self._archive))

    def _differs(self, name: str, text: str | None) -> bool:
        return text is None or self._original(name)[0] != text

    def _original(self, name: str) -> tuple[str, Encoding]:
        if name not in self._before:  # dropped or replaced without having been read
            self._before[name] = decode(self._archive.read(name), name)
        return self._before[name]

    def assembled(self) -> bytes:
        """The whole file; AssertionError rather than a part that is not well-formed."""
        entries: list[RawEntry] = []
        for name in self._archive.names:
            raw = self._archive.raw(name)
            if name not in self._now:
                entries.append(raw)
                continue
            text = self._now[name]
            if text is not None:
                entries.append(self._packed(name, text, raw) if self._differs(name, text) else raw)
        entries += [
            self._packed(name, text, None)
            for name, text in self._now.items()
            if text is not None and name not in self._archive
        ]
        return assemble(entries, self._archive.comment)

    def _packed(self, name: str, text: str, like: RawEntry | None) -> RawEntry:
        before, encoding = self._original(name) if like else ("", _UTF8)
        candidate = text.replace("<br>", "<br/>") if name.lower().endswith(".vml") else text
        if not well_formed(self._without_proved(name, before, candidate)):
            raise AssertionError(f"{name} would not be well-formed")
        return pack(name, encode(text, encoding), like)

    def _without_proved(self, name: str, before: str, now: str) -> str:
        """A large sheet's new text without those cells that were proved when it was read and have not moved.

        Sound because the tags around them, with the prefixes they declare, are the same too.
        """
        if len(now) < _LARGE or not before:
            return now
        masked = self.masked(name)
        both = ((before, before if masked is now else mask(before)), (now, masked))
        found = []
        for text, blanked in both:
            top = root(blanked)
            data = next((e for e in children(blanked, top, FLAT) if e.local == "sheetData"), None)
            if data is None:
                return now
            found.append((tag(text, top), text[data.start : data.close], data))
        data = found[1][2]
        return now if found[0][:2] != found[1][:2] else now[: data.inner] + now[data.close :]

    @property
    def signed(self) -> bool:
        """Whether the package carries a digital signature, which any change breaks."""
        return any(name.lower().startswith("_xmlsignatures/") for name in self._archive.names)
