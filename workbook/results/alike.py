"""雷同 between the units of a campaign: whose sections 一 and 五 nearly equal whose.

Similar pairs are found by MinHash and banding, so that 15,000 texts do not make a hundred million
comparisons; every pair found is then measured exactly. (A. Broder, On the resemblance and containment of
documents, 1997; J. Leskovec, A. Rajaraman, J. Ullman, Mining of Massive Datasets, 3.4.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbook.prose.similarity import COMPARED, SHORTEST, WIDTH, essence, shared_passages

_Numbers: TypeAlias = NDArray[np.uint64]

_BANDS, _ROWS = 16, 4  # a pair at 0.9 shares a band with probability over 1 − 10⁻⁷, at 0.5 with 0.64
_MOST_FIRST = 8  # of many texts alike, each is compared with the first few only
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Alike:
    """Two units whose section is alike; `passages` what they share, longest first."""

    section: str
    one: str
    other: str
    similarity: float
    passages: tuple[str, ...]


def alike_units(texts: Mapping[str, Mapping[str, str]], threshold: float) -> list[Alike]:
    """Every pair of units with a section at least so alike, by section, the most alike first.

    `texts` is unit → section → text. Of many texts that are all alike each is paired with one of the first
    only, so memory and time grow with the number of texts.
    """
    return [pair for section in COMPARED for pair in _alike(section, texts, threshold)]


def _alike(section: str, texts: Mapping[str, Mapping[str, str]], threshold: float) -> list[Alike]:
    given = {unit: said[section] for unit, said in texts.items() if said.get(section)}
    pairs: list[Alike] = []

    def found(one: str, other: str, similarity: float) -> None:
        passages = shared_passages(given[one], given[other], _SHOWN)
        pairs.append(Alike(section, one, other, similarity, passages))

    first_of: dict[str, str] = {}
    sets: dict[str, _Numbers] = {}
    for unit, text in given.items():
        bare = essence(text)
        if len(bare) < SHORTEST:
            continue
        first = first_of.setdefault(bare, unit)
        if first == unit:
            sets[unit] = _shingles(bare)
        else:
            found(first, unit, 1.0)
    for one, other in _candidates(sets):
        a, b = sets[one], sets[other]
        if min(len(a), len(b)) < threshold * max(len(a), len(b)):
            continue
        shared = len(np.intersect1d(a, b, assume_unique=True))
        similarity = shared / (len(a) + len(b) - shared)
        if similarity >= threshold:
            found(one, other, similarity)
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.one, pair.other))


def _odd(seed: int, count: int) -> _Numbers:
    """Odd multipliers, the same in every process."""
    return np.random.Generator(np.random.PCG64(seed)).integers(1, 2**63, count, dtype=np.uint64) * 2 + 1


_OF_SIGNS = _odd(1, WIDTH)
_OF_HASHES = _odd(2, _BANDS * _ROWS)


def _shingles(text: str) -> _Numbers:
    """The runs of signs of a text as different numbers, in order."""
    signs = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(signs, WIDTH) * _OF_SIGNS
    mixed = runs.sum(axis=1, dtype=np.uint64)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    return np.unique(mixed ^ (mixed >> np.uint64(29)))


def _candidates(sets: Mapping[str, _Numbers]) -> Iterator[tuple[str, str]]:
    """Pairs that share a band of their MinHash signatures, each once."""
    buckets: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    for unit, numbers in sets.items():
        hashes = numbers[:, None] * _OF_HASHES
        bands = (hashes >> np.uint64(16)).min(axis=0).reshape(_BANDS, _ROWS)
        for number, band in enumerate(bands):
            buckets[number, band.tobytes()].append(unit)
    seen: set[tuple[str, str]] = set()
    for units in buckets.values():
        for place, other in enumerate(units):
            for one in units[: min(place, _MOST_FIRST)]:
                if (one, other) not in seen:
                    seen.add((one, other))
                    yield one, other
