"""Tokens of one delivery: which mailing and which recipient, under a key.

To unsubscribe they stand in the 22 characters that a header line bears; `bounces.token` writes them otherwise. A token
is one AES block (FIPS 197), so nothing of it has to be stored: what it stands for is read from it, and the zeros at its
end tell a token of ours from any other text (a guess is right once in 2⁴⁸).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_MAILING, _RECIPIENT, _ZEROS = 4, 6, 6
"""Bytes of each part of the block."""
BLOCK = _MAILING + _RECIPIENT + _ZEROS
_UNSUBSCRIBE = b"hlasatel/unsubscribe"


def maker(key: bytes, mailing_id: int) -> Callable[[int], str]:
    """Makes the tokens of one mailing: recipient's id → 22 characters of base64url."""
    block = sealer(key, _UNSUBSCRIBE, mailing_id)

    def make(recipient_id: int) -> str:
        return base64.urlsafe_b64encode(block(recipient_id))[:22].decode()

    return make


def read(key: bytes, token: str) -> tuple[int, int] | None:
    """The mailing's and the recipient's id; None for what was not made with `key`."""
    try:
        block = base64.b64decode(f"{token}==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        return None
    if len(block) != BLOCK or base64.urlsafe_b64encode(block)[:22].decode() != token:
        return None
    return opened(key, _UNSUBSCRIBE, block)


def sealer(key: bytes, purpose: bytes, mailing_id: int) -> Callable[[int], bytes]:
    """Makes the blocks (`BLOCK` bytes) of one mailing for one purpose: recipient's id → block."""
    encrypt = _cipher(key, purpose).encryptor().update
    before, after = mailing_id.to_bytes(_MAILING, "big"), bytes(_ZEROS)
    return lambda recipient_id: encrypt(before + recipient_id.to_bytes(_RECIPIENT, "big") + after)


def opened(key: bytes, purpose: bytes, block: bytes) -> tuple[int, int] | None:
    """The mailing's and the recipient's id of a block of `BLOCK` bytes; None for any that `sealer` did not make so."""
    plain = _cipher(key, purpose).decryptor().update(block)
    if plain[-_ZEROS:] != bytes(_ZEROS):
        return None
    return int.from_bytes(plain[:_MAILING], "big"), int.from_bytes(plain[_MAILING:-_ZEROS], "big")


def _cipher(key: bytes, purpose: bytes) -> Cipher[modes.ECB]:
    # ECB is for one block alone, which is all there is; a key of its own purpose, AES-256.
    own = hmac.digest(key, purpose, hashlib.sha256)
    return Cipher(algorithms.AES(own), modes.ECB())
