"""A person publishes it: she is mailed the text and its files, and tells on a page where it is, or why not."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from worker.channels.base import Channel, Message, Options, Receipt


class HandOff(Options):
    """`days` until it should be out; then the person is reminded, and a day later the coordinator told.

    `comments` is set for a page on which people answer: whoever publishes there is asked to keep an eye on them.
    """

    days: int = Field(default=3, ge=0, le=90)
    comments: bool = False


class HandOffChannel(Channel[HandOff]):
    """Reaches nobody by itself: its receipt says who was asked, and the mail goes with the others to the office."""

    id = "handoff"
    options: ClassVar[type[Options]] = HandOff
    waits_for_embargo = False  # an editor needs it before, and is told until when it is to be kept
    needs_person = True

    def send(self, message: Message, options: HandOff) -> Receipt:
        return Receipt(asked=message.person, until=message.begun_at + timedelta(days=options.days))
