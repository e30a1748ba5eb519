"""Each unit's own code (报送码) for the desk: whoever has it hands in for that unit."""

from __future__ import annotations

import secrets

from workbook.campaign.ledger import Hand, Ledger
from workbook.form.checkcode import bare_code, spelled

_CODE_BYTES = 10  # 80 bits by chance; sixteen signs can be typed


def ensure_links(ledger: Ledger, hand: Hand) -> None:
    """A code for every unit that has none yet; those given out stay."""
    with ledger.transaction() as connection:
        missing = connection.execute(
            "SELECT code FROM unit WHERE active AND code NOT IN (SELECT unit FROM link)"
        ).fetchall()
        connection.executemany(
            "INSERT INTO link VALUES (?, ?, ?, ?)",
            [(unit, new_code(), hand.at.isoformat(), hand.who) for (unit,) in missing],
        )


def renew_link(ledger: Ledger, unit: str, hand: Hand) -> str:
    """Another code for a unit whose old one got into wrong hands and is worth nothing from now on."""
    code = new_code()
    with ledger.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?)", (unit, code, hand.at.isoformat(), hand.who)
        )
    return code


def new_code() -> str:
    """ "7K3M-…", by chance."""
    return spelled(secrets.token_bytes(_CODE_BYTES))


def typed_code(text: str) -> str | None:
    """A code as the ledger has it, however it was typed; None where it cannot be one."""
    bare = bare_code(text[:100])
    if len(bare) != _CODE_BYTES * 8 // 5:
        return None
    return "-".join(bare[start : start + 4] for start in range(0, len(bare), 4))
