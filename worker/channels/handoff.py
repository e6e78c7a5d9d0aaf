"""A person publishes it: she is mailed the text and its files, and tells on a page where it is, or why not."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from worker.channels.base import Channel, Message, Options, Permanent, Receipt
from worker.messages import say

DATA_BOX_BYTES = 20_000_000
"""What a message of a data box may carry (vyhláška č. 194/2009 Sb., § 5)."""


class HandOff(Options):
    """`days` until it should be out; then the person is reminded, and a day later the coordinator told.

    `comments` is set for a page on which people answer: whoever publishes there is asked to keep an eye on them.
    `file` is what she needs: a document for Word, a PDF, HTML to paste, what a data box takes; "" all that the text
    has. `hangs` is how many days it hangs on a notice board: she notes the day, and is told when it may come down.
    """

    days: int = Field(default=3, ge=0, le=90)
    comments: bool = False
    file: Literal["", "docx", "pdf", "html", "data-box"] = ""
    hangs: int = Field(default=0, ge=0, le=365)


class HandOffChannel(Channel[HandOff]):
    """Reaches nobody by itself: its receipt says who was asked, and the mail goes with the others to the office."""

    id = "handoff"
    options: ClassVar[type[Options]] = HandOff
    waits_for_embargo = False  # an editor needs it before, and is told until when it is to be kept
    needs_person = True

    def refuse(self, message: Message, options: HandOff) -> None:
        size = sum(len(each.content) for each in message.enclosures if each.media_type == "application/pdf")
        if options.file == "data-box" and size > DATA_BOX_BYTES:
            raise Permanent(say("brought.beyond_data_box", size=round(size / 1_000_000)))

    def send(self, message: Message, options: HandOff) -> Receipt:
        return Receipt(asked=message.person, until=message.begun_at + timedelta(days=options.days))

    def find(self, message: Message, options: HandOff) -> Receipt | None:
        return None  # the mail is queued once, however often it is asked for
