"""What has been worked out once, kept for the next time, and never without bound."""

from __future__ import annotations

from typing import ClassVar, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Memory(dict[_Key, _Value]):
    """Keys met → what was found for them; a subclass finds out in `__missing__` and may keep it.

    When `most` keys are kept everything is forgotten: what is common comes back at once.
    """

    most: ClassVar[int] = 1_024

    def keep(self, key: _Key, value: _Value) -> _Value:
        """Remember a value and return it."""
        if len(self) >= self.most:
            self.clear()
        self[key] = value
        return value
