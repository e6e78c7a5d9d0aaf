"""How much may be sent in a time: what `[[delivery.domains]]` says, and what a relay's own limits are written with."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings.addresses import parse_address
from worker.settings.faults import Line, Strict

Per = Literal["minute", "hour", "day"]
PERIODS: dict[Per, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


def _domain(text: str) -> str:
    """The domain in the form that recipients' addresses are kept in: ASCII, lower case."""
    try:
        return parse_address(f"a@{text}").rpartition("@")[2].lower()
    except HlasatelError:
        raise ValueError(say("limits.bad_domain", value=text)) from None


class MessageLimit(Strict):
    """At most `messages` in a period, which begins with the first message that counts in it."""

    messages: int = Field(ge=1)
    per: Per


class DomainLimit(Strict):
    """What one recipient domain bears: messages in a period, and messages on their way to it at once."""

    domain: Annotated[Line, AfterValidator(_domain)]
    messages: int | None = Field(default=None, ge=1)
    per: Per = "hour"
    connections: int | None = Field(default=None, ge=1, validate_default=True)

    @field_validator("connections")
    @classmethod
    def _limits_something(cls, connections: int | None, info: ValidationInfo) -> int | None:
        if connections is None and info.data.get("messages", 0) is None:
            raise ValueError(say("limits.limits_nothing"))
        return connections
