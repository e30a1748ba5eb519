"""Whose workbook this is: an HMAC over campaign, unit, edition and year, never over figures.

The digest proves that the form was handed out by this campaign to this unit; what is filled in may change
freely. RFC 2104, with SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac

from workbook.form.filing import Identity


def identity_digest(key: bytes, campaign: str, unit: str, edition: str, year: int) -> str:
    """The digest that stands in the hidden identity, in hexadecimal."""
    said = "\n".join(f"{len(part)}:{part}" for part in (campaign, unit, edition, str(year)))
    return hmac.new(key, said.encode("utf-8"), hashlib.sha256).hexdigest()


def is_ours(identity: Identity, key: bytes, campaign: str) -> bool:
    """Whether an identity was written by this campaign and not altered since."""
    if identity.campaign != campaign or identity.unit is None or identity.year is None:
        return False
    wanted = identity_digest(key, campaign, identity.unit, identity.edition, identity.year)
    return identity.digest is not None and hmac.compare_digest(wanted, identity.digest)
