"""Officers: secrets kept as salted hashes, sessions in memory, lockout after wrong tries, tokens in forms."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from workbook.files.atomic import replace_file
from workbook.problems import UnusableInput

FILE_NAME = "经办账号.json"
SHORTEST_SECRET = 10
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # about 50 ms and 16 MB a try (RFC 7914)
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """One officer signed in; `form_token` stands in each of her forms (against requests forged elsewhere)."""

    officer: str
    form_token: str
    until: float


class Officers:
    """The officers of a campaign and who of them is signed in."""

    def __init__(self, campaign: Path, *, tries: int, lockout_minutes: float, session_hours: float) -> None:
        self._file = campaign / FILE_NAME
        self._tries, self._lockout, self._stay = tries, lockout_minutes * 60, session_hours * 3600
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def set_secret(self, officer: str, secret: str) -> None:
        """Name an officer, or give her another secret. Raises UnusableInput for a short one."""
        if not officer.strip() or len(secret) < SHORTEST_SECRET:
            raise UnusableInput(f"请写明姓名；口令至少{SHORTEST_SECRET}个字符。")
        salt = secrets.token_bytes(16)
        known = self._known() | {officer.strip(): [salt.hex(), _hashed(secret, salt).hex()]}
        replace_file(self._file, json.dumps(known, ensure_ascii=False, indent=1).encode("utf-8"))

    @property
    def any(self) -> bool:
        """Whether anybody can sign in."""
        return bool(self._known())

    def sign_in(self, officer: str, secret: str, address: str) -> str | None:
        """The key of a new session, or None. A name or an address that failed too often has to wait."""
        watched = (f"n{officer}", f"a{address}")
        if any(self.locked(who) for who in watched):
            return None
        salt, expected = self._known().get(officer, ["00" * 16, ""])
        # The work is done for unknown names too: how long it takes tells nothing.
        if not hmac.compare_digest(_hashed(secret, bytes.fromhex(salt)).hex(), expected):
            for who in watched:
                self._count_wrong(who)
            return None
        for who in watched:
            self._wrong.pop(who, None)
        key = secrets.token_urlsafe(32)
        self._sessions[key] = Session(officer, secrets.token_urlsafe(24), time.time() + self._stay)
        while len(self._sessions) > _MOST_REMEMBERED:
            self._sessions.popitem(last=False)
        return key

    def locked(self, who: str) -> bool:
        """Whether a name ("n…") or an address ("a…") has to wait."""
        count, since = self._wrong.get(who, (0, 0.0))
        return count >= self._tries and time.time() < since + self._lockout

    def session(self, key: str | None) -> Session | None:
        """The session of a cookie, None where there is none or its time is over."""
        found = self._sessions.get(key or "")
        if found is None or found.until < time.time():
            return None
        return found

    def sign_out(self, key: str | None) -> None:
        """End a session."""
        self._sessions.pop(key or "", None)

    def _count_wrong(self, who: str) -> None:
        count, since = self._wrong.pop(who, (0, 0.0))
        if count >= self._tries and time.time() >= since + self._lockout:
            count = 0
        self._wrong[who] = (count + 1, time.time())
        while len(self._wrong) > _MOST_REMEMBERED:
            self._wrong.popitem(last=False)

    def _known(self) -> dict[str, list[str]]:
        try:
            found: dict[str, list[str]] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise UnusableInput(f"“{FILE_NAME}”读不出来，请重新设置口令。") from error
        return found


def _hashed(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode("utf-8"), salt=salt, **_SCRYPT, maxmem=64 * 1024 * 1024)
