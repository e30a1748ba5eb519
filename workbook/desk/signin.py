"""Officers: secrets kept as salted hashes, sessions in memory, lockout after wrong tries, tokens in forms."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from workbook.desk.tries import Tries
from workbook.files.atomic import replace_file
from workbook.form.checkcode import same_code, spelled
from workbook.form.labels import legible
from workbook.problems import UnusableInput

FILE_NAME = "经办账号.json"
SHORTEST_SECRET = 10
_LONGEST = 200  # characters of a name or secret
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # about 50 ms and 16 MB a try (RFC 7914)
_MOST_SESSIONS = 1_000
_AT_ONCE = threading.Semaphore(4)  # tries cost memory


@dataclass(frozen=True, slots=True)
class Session:
    """One officer signed in; `form_token` stands in each of her forms (against requests forged elsewhere)."""

    officer: str
    form_token: str
    until: float  # by the monotonic clock


class Officers:
    """The officers of a campaign and who of them is signed in."""

    def __init__(self, campaign: Path, *, tries: int, lockout_minutes: float, session_hours: float) -> None:
        self._file = campaign / FILE_NAME
        self._stay = session_hours * 3600
        self._tries = Tries(tries, lockout_minutes)
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._invitation: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Who can sign in."""
        return tuple(self._known())

    def invite(self) -> str:
        """A once-only code with which somebody may set a secret; an earlier one is worth nothing any more."""
        self._invitation = spelled(secrets.token_bytes(10))
        return self._invitation

    def accept(self, code: str, officer: str, secret: str, address: str) -> None:
        """Set a secret with a once-only code. Raises UnusableInput: wrong code, or a name or secret unfit."""
        if not self._tries.begin(f"i{address}"):
            raise UnusableInput("错的次数太多，请过一会儿再试。")
        if self._invitation is None or not same_code(code, self._invitation):
            raise UnusableInput("设置码不对，或已经用过；请看运行窗口里显示的设置码。")
        self.set_secret(officer, secret)
        self._invitation = None
        self._tries.right(f"i{address}")

    def set_secret(self, officer: str, secret: str) -> None:
        """Name an officer, or give her another secret; her sessions end. Raises UnusableInput."""
        name = legible(officer.strip(), _LONGEST)
        if not name or not SHORTEST_SECRET <= len(secret) <= _LONGEST:
            raise UnusableInput(f"请写明姓名；口令至少{SHORTEST_SECRET}个字符。")
        salt = secrets.token_bytes(16)
        known = self._known() | {name: [salt.hex(), _hashed(secret, salt).hex()]}
        replace_file(self._file, json.dumps(known, ensure_ascii=False, indent=1).encode("utf-8"))
        with contextlib.suppress(OSError):
            self._file.chmod(0o600)  # on Windows this does no more than it can
        for key, session in tuple(self._sessions.items()):
            if session.officer == name:
                self._sessions.pop(key, None)

    def sign_in(self, officer: str, secret: str, address: str) -> str:
        """The key of a new session. Raises UnusableInput for a wrong secret, or for one who has to wait."""
        officer = officer.strip()[:_LONGEST]
        watched = (f"n{officer}", f"a{address}")
        if not all(self._tries.begin(who) for who in watched):
            raise UnusableInput("口令错的次数太多，请过15分钟再试。")
        salt, expected = self._known().get(officer, ["00" * 16, ""])
        # The work is done for unknown names too: how long it takes tells nothing.
        found = _hashed(secret[: _LONGEST + 1], bytes.fromhex(salt)).hex()
        if not hmac.compare_digest(found, expected):
            raise UnusableInput("姓名或口令不对。")
        for who in watched:
            self._tries.right(who)
        key = secrets.token_urlsafe(32)
        self._sessions[key] = Session(officer, secrets.token_urlsafe(24), time.monotonic() + self._stay)
        while len(self._sessions) > _MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return key

    def session(self, key: str | None) -> Session | None:
        """The session of a cookie, None where there is none or its time is over."""
        found = self._sessions.get(key or "")
        if found is None or found.until < time.monotonic():
            return None
        return found

    def sign_out(self, key: str | None) -> None:
        """End a session."""
        self._sessions.pop(key or "", None)

    def _known(self) -> dict[str, list[str]]:
        try:
            found: dict[str, list[str]] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise UnusableInput(f"“{FILE_NAME}”读不出来，请删去后重新设置口令。") from error
        return found


def _hashed(secret: str, salt: bytes) -> bytes:
    with _AT_ONCE:
        return hashlib.scrypt(secret.encode("utf-8"), salt=salt, **_SCRYPT, maxmem=64 * 1024 * 1024)
