"""What is kept of an address that is never written to again: a hash under a key that is not in the database."""

from __future__ import annotations

import hashlib
import hmac


def digest(key: bytes, address: str) -> bytes:
    """HMAC-SHA256 of `address` as recipients have it, under the suppression key."""
    return hmac.digest(key, b"hlasatel/suppression\0" + address.encode(), hashlib.sha256)
