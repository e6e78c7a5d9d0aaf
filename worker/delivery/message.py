"""One delivery's message: the mailing's letter with what this recipient is known by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from worker.delivery.identity import Identity
from worker.drafting.letter import Letter, unsubscribe_address


@dataclass(frozen=True)
class Addressed:
    """The letter of one mailing, and what its recipients' Message-IDs and tokens are derived with."""

    letter: Letter
    identity: Identity

    @property
    def sender(self) -> str:
        """The envelope sender (RFC 5321 MAIL FROM)."""
        return self.letter.sender

    def prove(self) -> None:
        """Build the message once for nobody: what is wrong with it for everybody must fail no recipient."""
        self._build(0, "nobody@example.org", "")

    def message(self, delivery: Row[Any]) -> bytes:
        """The whole message for one row of `deliveries`; the same bytes every time it is asked for."""
        return self._build(delivery.recipient_id, delivery.address, delivery.greeting)

    def _build(self, recipient_id: int, address: str, greeting: str) -> bytes:
        leave = unsubscribe_address(self.letter.office, self.identity.unsubscribe_token(recipient_id))
        return self.letter.message(address, greeting, self.identity.message_id(recipient_id), leave)
