"""Ways to spoil a valid file: its bytes, its zip structure, its parts, its XML, its figures.

Everything follows from one seed, so that a case can be made again.
"""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]
Parts = dict[str, bytes]

NASTY_NUMBERS = (
    *("1e308", "-1e308", "1E+999999999", "NaN", "INF", "-0", "0.1", "9007199254740993", "1" * 400, "-1"),
    *("", " ", "0x10", "１２", "1_000", "1e-400", "+5", "五", "1,234", "4294967296", "-2147483649", "\t7"),
)
NASTY_TEXTS = (
    *(
        "&#0;",
        "&amp;",
        "&undefined;",
        "<",
        ">",
        "]]>",
        "<![CDATA[x]]>",
        "<!--",
        "-->",
        "<?x?>",
        "\x00",
        "\x0b",
    ),
    *("\ud7ff", "\ufffe", "\u202e", "\u200b", "_x001B_", "_x0000_", "=1+1", "=cmd|'/c calc'!A0", "\r", "𠮷"),
    *("<!DOCTYPE a [<!ENTITY b 'c'>]>", "<a>" * 300, "长" * 40_000, "（七）总计", "#REF!", "1月2日"),
)
NASTY_ADDRESSES = ("A1", "XFD1048576", "A0", "XFE1", "A1048577", "$E$5", "", "E5:F6", "R1C1", "a1", "AAAA1")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with one to three mutations of a kind that its content allows."""
    kinds = _ARCHIVES if data.startswith(b"PK") else _TEXTS
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not data.startswith(b"PK") and kinds is _ARCHIVES:
            kinds = _BYTES
        data = chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0](data, chance)
    return data


# --- bytes --------------------------------------------------------------------------------------------


def flip(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if out:
            out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def cut(data: bytes, chance: random.Random) -> bytes:
    return (
        data[: chance.randrange(len(data) + 1)]
        if chance.random() < 0.7
        else data[chance.randrange(len(data)) :]
    )


def splice(data: bytes, chance: random.Random) -> bytes:
    a, b, c = sorted(chance.randrange(len(data) + 1) for _ in range(3))
    return chance.choice(
        (data[:a] + data[b:], data[:b] + data[a:], data[:a] + data[b:c] + data[a:b] + data[c:])
    )


def blank(data: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data) + 1), chance.choice((1, 4, 16, 512))
    return data[:at] + chance.choice((b"\0", b"\xff")) * length + data[at + length :]


def pad(data: bytes, chance: random.Random) -> bytes:
    junk = chance.randbytes(chance.choice((1, 22, 300)))
    return chance.choice((data + junk, junk + data, data + data))


def head_field(data: bytes, chance: random.Random) -> bytes:
    """A field of some header (local, central, end) set to a value it should not have."""
    places = [match.start() for match in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)", data)]
    if not places:
        return flip(data, chance)
    at = chance.choice(places) + chance.randrange(4, 46)
    value = struct.pack(
        "<I", chance.choice((0, 1, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, chance.getrandbits(32)))
    )
    size = chance.choice((1, 2, 4))
    return data[:at] + value[:size] + data[at + size :]


# --- parts --------------------------------------------------------------------------------------------


def parts_of(data: bytes) -> Parts | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:  # spoilt already: whatever zipfile makes of it, the bytes may be spoilt further
        return None


def packed(parts: Parts, twice: str | None = None) -> bytes:
    out = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        warnings.simplefilter("ignore")
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        if twice is not None:
            archive.writestr(zipfile.ZipInfo(twice), b"<a/>")
    return out.getvalue()


def _on_parts(change: Callable[[Parts, random.Random], str | None]) -> Mutation:
    def run(data: bytes, chance: random.Random) -> bytes:
        parts = parts_of(data)
        if not parts:
            return flip(data, chance)
        return packed(parts, change(parts, chance))

    return run


def drop_part(parts: Parts, chance: random.Random) -> None:
    del parts[chance.choice(list(parts))]


def swap_parts(parts: Parts, chance: random.Random) -> None:
    one, other = chance.choice(list(parts)), chance.choice(list(parts))
    parts[one], parts[other] = parts[other], parts[one]


def rename_part(parts: Parts, chance: random.Random) -> None:
    old = chance.choice(list(parts))
    new = chance.choice(
        ("../" + old, "/" + old, old.upper(), old + "/", "C:\\" + old, old.replace("/", "\\"), "x")
    )
    parts[new] = parts.pop(old)


def double_part(parts: Parts, chance: random.Random) -> str:
    return chance.choice(list(parts))


def nest(parts: Parts, chance: random.Random) -> None:
    parts[chance.choice(list(parts))] = packed(dict(parts))


def bomb(parts: Parts, chance: random.Random) -> None:
    name = chance.choice(list(parts))
    parts[name] += chance.choice((b" ", b"<a/>", b"\0")) * chance.choice((100_000, 3_000_000))


def spoil_part(parts: Parts, chance: random.Random) -> None:
    name = chance.choice(list(parts))
    parts[name] = chance.choice((flip, cut, splice, blank))(parts[name] or b"x", chance)


# --- XML ----------------------------------------------------------------------------------------------


def _on_text(change: Callable[[str, random.Random], str], wanted: str = r"\.(xml|rels|vml)$") -> Mutation:
    def on_parts(parts: Parts, chance: random.Random) -> None:
        names = [name for name in parts if re.search(wanted, name)]
        if names:
            name = chance.choice(names)
            text = parts[name].decode("utf-8", "surrogateescape")
            parts[name] = change(text, chance).encode("utf-8", "surrogatepass")

    return _on_parts(on_parts)


def _tags(text: str) -> list[re.Match[str]]:
    return list(re.finditer(r"<[^<>]*>", text))


def drop_tag(text: str, chance: random.Random) -> str:
    tags = _tags(text)
    if not tags:
        return text
    tag = chance.choice(tags)
    return text[: tag.start()] + text[tag.end() :]


def double_tag(text: str, chance: random.Random) -> str:
    tags = _tags(text)
    if not tags:
        return text
    first = chance.randrange(len(tags))
    last = min(len(tags) - 1, first + chance.choice((0, 1, 5, 40)))
    piece = text[tags[first].start() : tags[last].end()]
    return text[: tags[last].end()] + piece * chance.choice((1, 2, 50)) + text[tags[last].end() :]


def move_tags(text: str, chance: random.Random) -> str:
    tags = _tags(text)
    if len(tags) < 3:
        return text
    a, b, c = sorted(chance.choice(tags).start() for _ in range(3))
    return text[:a] + text[b:c] + text[a:b] + text[c:]


def insert_text(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(NASTY_TEXTS) + text[at:]


def change_attribute(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r'([\w:]+)="([^"]*)"', text))
    if not found:
        return text
    match = chance.choice(found)
    value = chance.choice((*NASTY_NUMBERS, *NASTY_ADDRESSES, *NASTY_TEXTS, match[2] * 2, match[2].upper()))
    return text[: match.start(2)] + value.replace('"', "") + text[match.end(2) :]


def rename_tags(text: str, chance: random.Random) -> str:
    names = sorted(set(re.findall(r"</?([\w:]+)", text)))
    if not names:
        return text
    old, new = chance.choice(names), chance.choice((*names, "x:" + chance.choice(names), "a"))
    return re.sub(rf"(</?){re.escape(old)}(?=[\s/>])", rf"\g<1>{new}", text)


def change_namespace(text: str, chance: random.Random) -> str:
    return re.sub(
        r'xmlns(:\w+)?="[^"]*"', lambda m: f'xmlns{m[1] or ""}="urn:x{chance.randrange(3)}"', text, count=1
    )


def wrap(text: str, chance: random.Random) -> str:
    return chance.choice(
        (
            lambda: text.replace("?>", "?><!DOCTYPE a SYSTEM 'http://127.0.0.1/a'>", 1),
            lambda: text.replace("?>", "?><!DOCTYPE a [<!ENTITY b 'bbb'><!ENTITY c '&b;&b;'>]>", 1) + "&c;",
            lambda: text.replace(
                'encoding="UTF-8"', f'encoding="{chance.choice(("utf-16", "gbk", "utf-7", "x"))}"'
            ),
            lambda: "\ufeff" + text,
            lambda: re.sub(r">", "><!-- -->", text, count=chance.randrange(1, 50)),
            lambda: text.replace('"', "'"),
            lambda: re.sub(r"\s+(?=[\w:]+=)", "\n  ", text),
        )
    )()


# --- figures: still a valid workbook ------------------------------------------------------------------


def change_figures(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r"<v>([^<]*)</v>", text))
    for match in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 3, 30)))), key=lambda m: -m.start()
    ):
        value = chance.choice((*NASTY_NUMBERS, str(chance.randrange(50)), str(chance.getrandbits(40))))
        text = text[: match.start(1)] + value + text[match.end(1) :]
    return text


def change_cells(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r'<c r="([A-Z]+)(\d+)"([^>]*)>', text))
    for match in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 4)))), key=lambda m: -m.start()
    ):
        address = chance.choice((*NASTY_ADDRESSES, f"{match[1]}{int(match[2]) + 1}", f"B{match[2]}"))
        kind = chance.choice(
            ("", ' t="e"', ' t="b"', ' t="str"', ' t="s"', ' t="inlineStr"', ' t="d"', ' t="z"')
        )
        rest = re.sub(r' t="\w+"', "", match[3])
        text = text[: match.start()] + f'<c r="{address}"{kind}{rest}>' + text[match.end() :]
    return text


def change_formulas(text: str, chance: random.Random) -> str:
    nasty = (
        *("SUM(A1:XFD1048576)", "[1]Sheet1!A1", "A1", "SUM(#REF!)", "1/0", "((((", "SUM(" * 2000, "-" * 8000),
        *("+".join(["SUM(A1:J999)"] * 500), "WEBSERVICE('http://127.0.0.1')", "cmd|'/c calc'!A0", ""),
    )
    found = list(re.finditer(r"<f>([^<]*)</f>", text))
    for match in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 10)))), key=lambda m: -m.start()
    ):
        text = text[: match.start(1)] + chance.choice(nasty) + text[match.end(1) :]
    return text


def change_strings(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r"<t(?: [^>]*)?>([^<]*)</t>", text))
    for match in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 5, 60)))), key=lambda m: -m.start()
    ):
        safe = [t for t in NASTY_TEXTS if not re.search(r"[<\x00-\x08\x0b]|&(?!amp;)", t)]
        other = chance.choice(found)[1]
        value = chance.choice((*safe, other, other[::-1], match[1] + "\u200b", match[1][:-1]))
        text = text[: match.start(1)] + value + text[match.end(1) :]
    return text


# --- facts as text ------------------------------------------------------------------------------------


def change_json(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    found = list(re.finditer(r"(?<=[:,])\s*(\d+|null|\"[^\"]*\")|\n[^,\n]+,", text))
    if not found:
        return flip(data, chance)
    match = chance.choice(found)
    value = chance.choice(
        (*NASTY_NUMBERS, "NaN", "Infinity", "[" * 100_000, '{"a":' * 5_000, "true", "[]", "{}", '"x"',
         '"\\ud800"', "1e999999999999", "9" * 5_000, match[0], match[0] + "," + match[0])
    )  # fmt: skip
    return (text[: match.start()] + value + text[match.end() :]).encode("utf-8", "surrogateescape")


def recrc(data: bytes, chance: random.Random) -> bytes:
    """A stored part's byte changed with its checksum put right: sound for the zip, wrong for the reader."""
    parts = parts_of(data)
    if not parts:
        return flip(data, chance)
    name = chance.choice(list(parts))
    parts[name] = flip(parts[name] or b"x", chance)
    assert zlib.crc32(parts[name]) >= 0
    return packed(parts)


_SHEETS = r"worksheets/sheet\d+\.xml$"
_BYTES: list[tuple[Mutation, int]] = [(flip, 4), (cut, 2), (splice, 2), (blank, 2), (pad, 1)]
_TEXTS: list[tuple[Mutation, int]] = [*_BYTES, (change_json, 12)]
_ARCHIVES: list[tuple[Mutation, int]] = [
    *_BYTES,
    (head_field, 6),
    (recrc, 2),
    *((_on_parts(change), 1) for change in (drop_part, swap_parts, rename_part, double_part, nest, bomb)),
    (_on_parts(spoil_part), 2),
    *((_on_text(change), 2) for change in (drop_tag, double_tag, move_tags, insert_text, rename_tags, wrap)),
    (_on_text(change_attribute), 4),
    (_on_text(change_namespace), 1),
    *((_on_text(change, _SHEETS), 2) for change in (drop_tag, double_tag, insert_text, change_attribute)),
    (_on_text(change_figures, _SHEETS), 5),
    (_on_text(change_cells, _SHEETS), 3),
    (_on_text(change_formulas, _SHEETS), 3),
    (_on_text(change_strings, r"(sharedStrings|sheet\d+)\.xml$"), 5),
]
