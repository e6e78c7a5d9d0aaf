"""The envelope's sender of each delivery, `bounces+<token>@domain`: what comes back to it tells whom it is about.

The token is the whole proof: a bounce without one changes nothing. It stands in base 32 in lower case (RFC 4648 §6),
for servers on the way may fold the case of a local part (RFC 5321 §2.4), and is 26 characters long, so that up to 37
are left for the rest (§4.5.3.1.1).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from email.message import Message
from typing import Any, cast

from sqlalchemy import Connection, Row, select

from worker.audience import tokens
from worker.settings import key_id
from worker.store.tables import deliveries, mailings

LENGTH = 26
_PURPOSE = b"hlasatel/bounce"
_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_SHIFTS = range(120, -1, -10)
_WHERE = (
    "Delivered-To", "X-Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-RCPT-TO", "To",
    "Apparently-To",
)  # fmt: skip
"""Where a mail server writes the address that it took a mail for; no standard names one."""
_MOST = 20
"""Values of such headers that are looked at."""
_LONGEST = 2000
"""Characters of each."""


def senders(key: bytes, mailing_id: int, bounce_address: str) -> Callable[[int], str]:
    """Makes the envelope's senders of one mailing: recipient's id → address. `bounce_address` is where they come to."""
    block = tokens.sealer(key, _PURPOSE, mailing_id)
    local, _, domain = bounce_address.rpartition("@")

    def make(recipient_id: int) -> str:
        number = int.from_bytes(block(recipient_id), "big") << 2  # 130 bits, ten at a time
        return f"{local}+{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}@{domain}"

    return make


def read(key: bytes, token: str) -> tuple[int, int] | None:
    """The mailing's and the recipient's id; None for what was not made with `key`. The case does not matter."""
    try:
        block = base64.b32decode(f"{token.upper()}======")
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        return None
    if len(block) != tokens.BLOCK or base64.b32encode(block).decode().rstrip("=") != token.upper():
        return None
    return tokens.opened(key, _PURPOSE, block)


def tokens_of(message: Message, bounce_address: str) -> list[str]:
    """The tokens of the addresses that a mail server took `message` for, each once, unproven."""
    given = [str(value) for name in _WHERE for value in message.get_all(name, [])]
    return tokens_in(given[:_MOST], bounce_address)


def tokens_in(values: Sequence[str], bounce_address: str) -> list[str]:
    """The tokens in these addresses or lines of addresses, each once, unproven."""
    local, _, domain = bounce_address.casefold().rpartition("@")
    found = []
    for value in values:
        for piece in value[:_LONGEST].casefold().split(f"{local}+")[1:]:
            token, rest = piece[:LENGTH], piece[LENGTH:]
            if rest.startswith(f"@{domain}"):
                found.append(token)
    return list(dict.fromkeys(found))


def delivery_of(tx: Connection, keys: Sequence[bytes], candidates: Sequence[str]) -> Row[Any] | None:
    """The delivery that the first sound one of `candidates` stands for, as `delivery` has it; None without one."""
    for token in candidates:
        for key in keys:
            stands_for = read(key, token)
            if stands_for is not None and (found := delivery(tx, *stands_for, key_id(key))) is not None:
                return found
    return None


def delivery(tx: Connection, mailing_id: int, recipient_id: int, of_key: str | None = None) -> Row[Any] | None:
    """A delivery: mailing_id, recipient_id, address (empty once erased), occurrence_id, draft_id.

    With `of_key` only when the mailing was begun with that key.
    """
    found = select(
        deliveries.c.mailing_id, deliveries.c.recipient_id, deliveries.c.address, mailings.c.occurrence_id,
        mailings.c.draft_id,
    ).join(mailings, mailings.c.id == deliveries.c.mailing_id)  # fmt: skip
    which = [deliveries.c.mailing_id == mailing_id, deliveries.c.recipient_id == recipient_id]
    which += [mailings.c.key_id == of_key] if of_key is not None else []
    return cast("Row[Any] | None", tx.execute(found.where(*which)).first())
