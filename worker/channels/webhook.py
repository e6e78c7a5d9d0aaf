"""A signed JSON event to a server of the office's choice, as the Standard Webhooks specification has it.

The receiver knows a repeat by its id, so whatever is in doubt is simply sent again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import timedelta
from ipaddress import ip_network
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from worker.channels.base import Channel, Message, Options, Permanent, Receipt, RetryLater, StopChannel
from worker.messages import say
from worker.outbound.exchange import Broken, NotSent, exchange
from worker.outbound.guard import Guard
from worker.outbound.kept_secret import kept_secret
from worker.times import rfc3339

SECONDS, LONGEST_WAIT = 15.0, 86_400
MOST_SECRETS = 3
_SHORTEST_SECRET = 24
_ENCODED = "whsec_"
"""How a secret begins that is base64, as the specification's libraries want it."""


class Webhook(Options):
    """`url` gets the events; `secret` is the environment variable with the shared secret, or with `_FILE` behind it.

    While a secret is exchanged, the variable or file holds both, the new one first. `internal` are networks of the
    office's own that `url` may lie in (CIDR).
    """

    url: str = Field(pattern=r"^https?://[^\s/@]+(/\S*)?$", max_length=1000)
    secret: str = Field(default="HLASATEL_WEBHOOK_SECRET", pattern=r"^[A-Z][A-Z0-9_]{2,60}$")
    internal: tuple[str, ...] = Field(default=(), strict=False)

    @field_validator("internal")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for each in given:
            try:
                ip_network(each)
            except ValueError:
                raise ValueError(say("webhook.no_network", value=each)) from None
        return given


class WebhookChannel(Channel[Webhook]):
    """One POST for each text. Any 2xx is a receipt; its `Location`, if it has one, the address."""

    id = "webhook"
    options: ClassVar[type[Options]] = Webhook
    beside = True

    def send(self, message: Message, options: Webhook) -> Receipt:
        body = json.dumps(event(message), ensure_ascii=False, sort_keys=True).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Hlasatel",
            **signed(message, options.secret, body),
        }
        try:
            reply = exchange(
                "POST", options.url, Guard.letting(options.internal), SECONDS, unread=True, headers=headers, data=body,
            )  # fmt: skip
        except (NotSent, Broken) as error:
            raise RetryLater(say("webhook.unreachable", host=_host(options), why=str(error))) from None
        if 200 <= reply.status < 300:
            return Receipt(_address(reply.headers.get("location", "")), event_id(message))
        if reply.status in (401, 403, 404, 410):
            raise StopChannel(say("webhook.not_wanted", host=_host(options), status=reply.status))
        if reply.status in (408, 425, 429) or reply.status >= 500:
            after = _wait(reply.headers.get("retry-after", ""))
            raise RetryLater(say("webhook.busy", host=_host(options), status=reply.status), after)
        raise Permanent(say("webhook.refused", host=_host(options), status=reply.status))

    def find(self, message: Message, options: Webhook) -> Receipt | None:
        return None


def event(message: Message) -> dict[str, object]:
    """The event's JSON."""
    return {
        "type": "text.approved",
        "id": event_id(message),
        "timestamp": rfc3339(message.begun_at),
        "data": {
            "occurrence": message.occurrence_id,
            "kind": message.kind,
            "title": message.title,
            "text": message.text,
            "page": message.page or None,
            "files": [each.name for each in message.enclosures],
        },
    }


def event_id(message: Message) -> str:
    """The same at every try, and of this text and medium alone; letters, digits and `_`."""
    return "msg_" + hashlib.sha256(message.key.encode()).hexdigest()[:32]


def signed(message: Message, variable: str, body: bytes) -> dict[str, str]:
    """The three headers that prove sender, time and content (`v1`: HMAC-SHA256 over `id.timestamp.body`)."""
    stamp = str(int(message.begun_at.timestamp()))
    content = b".".join((event_id(message).encode(), stamp.encode(), body))
    proofs = [base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode() for secret in _secrets(variable)]
    signature = " ".join(f"v1,{proof}" for proof in proofs)
    return {"webhook-id": event_id(message), "webhook-timestamp": stamp, "webhook-signature": signature}


def _secrets(variable: str) -> list[bytes]:
    """The keys that are signed with: one, or for a while the new and the old one."""
    known = kept_secret(variable).split()
    try:
        keys = [_key(each) for each in known]
    except ValueError:
        keys = []
    if not 1 <= len(keys) <= MOST_SECRETS or min(map(len, known)) < _SHORTEST_SECRET:
        raise StopChannel(say("webhook.no_secret", variable=variable, shortest=_SHORTEST_SECRET))
    return keys


def _key(secret: str) -> bytes:
    if secret.startswith(_ENCODED):
        return base64.b64decode(secret.removeprefix(_ENCODED), validate=True)
    return secret.encode()


def _host(options: Webhook) -> str:
    return urlsplit(options.url).hostname or ""


def _address(location: str) -> str:
    """Where the receiver says it is; empty for anything but a web address."""
    return location if re.fullmatch(r"https?://[!-~]{3,1000}", location) else ""


def _wait(text: str) -> timedelta | None:
    """Seconds that `Retry-After` asks for (RFC 9110 §10.2.3); None for a date or nothing."""
    return timedelta(seconds=min(int(text), LONGEST_WAIT)) if re.fullmatch(r"[0-9]{1,9}", text.strip()) else None
