"""The office's own public page, `/archiv`: what is approved stands there when its time comes."""

from __future__ import annotations

from worker.channels.base import Channel, Message, Options, Permanent, Receipt
from worker.messages import say


class ArchiveChannel(Channel[Options]):
    """Nothing has to be sent: the page shows what went out. The receipt is its address."""

    id = "archive"
    takes_back = True

    def refuse(self, message: Message, options: Options) -> None:
        if not message.page:
            raise Permanent(say("publishing.not_public", kind=message.kind))

    def send(self, message: Message, options: Options) -> Receipt:
        return Receipt(address=message.page)

    def find(self, message: Message, options: Options) -> Receipt | None:
        return None  # the page is the same however often it is told of

    def feeds(self, address: str) -> tuple[str, ...]:
        page = address.rsplit("/", 2)[0]  # behind it stand the activity and its period
        return f"{page}/atom.xml", f"{page}/feed.json"
