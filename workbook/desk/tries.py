"""Counting wrong tries: whoever fails too often has to wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

_MOST_REMEMBERED = 10_000


class Tries:
    """So many tries in a row of one name or address, then a pause."""

    def __init__(self, most: int, pause_minutes: float) -> None:
        self._most, self._pause = most, pause_minutes * 60
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._turn = threading.Lock()

    def begin(self, who: str) -> bool:
        """Count a try before it is made, so that many at once gain nothing; False where one has to wait."""
        with self._turn:
            count, since = self._wrong.pop(who, (0, 0.0))
            now = time.monotonic()
            if count >= self._most:
                if now < since + self._pause:
                    self._wrong[who] = (count, since)
                    return False
                count = 0
            self._wrong[who] = (count + 1, now)
            while len(self._wrong) > _MOST_REMEMBERED:
                self._wrong.popitem(last=False)
            return True

    def right(self, who: str) -> None:
        """The try was right: all is forgotten."""
        with self._turn:
            self._wrong.pop(who, None)
