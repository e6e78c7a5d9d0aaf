"""What a channel is: one way out of the house. A message in; a receipt out, or an error that says its remedy.

A new channel is one new file here. It knows no database, no clock and no other channel, and never tries twice by
itself: what an error's remedy asks for is done by whoever called.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings.faults import Strict


class ChannelError(HlasatelError):
    """It did not go out, or nobody knows. What it says is for the person who looks after the plan."""


class Permanent(ChannelError):
    """This message will never be taken as it is: nothing is tried again by itself.

    `part` is the one part of the text that would have to be another one for it to be taken (`link`); else empty.
    """

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.part = part


class RetryLater(ChannelError):
    """It surely did not go out, and may later: not before `after`, where the other side said how long; else None.

    With `whole` nothing else of the medium is taken before that either.
    """

    def __init__(self, message: str, after: timedelta | None = None, *, whole: bool = False) -> None:
        super().__init__(message)
        self.after, self.whole = after, whole


class OutcomeUnknown(ChannelError):
    """It may have gone out: look for it (`Channel.find`) before it is sent again."""


class StopChannel(ChannelError):
    """It surely did not go out, and neither will anything else by this medium until a person has done what is said."""


@dataclass(frozen=True)
class Outlook:
    """How long a medium will go on: doubts, in sentences for the coordinator, and until when its token is good.

    `good_until` is aware; None where nobody knows or it has no end.
    """

    doubts: tuple[str, ...] = ()
    good_until: datetime | None = None


@dataclass(frozen=True)
class Enclosure:
    """A file of the message. `description` is its alternative text; empty for a document."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    description: str = ""


@dataclass(frozen=True)
class Message:
    """One approved text for one medium, as it was approved.

    `key` names the text and its medium in one word, the same at every try. `title` and `text` are plain, `html` is
    empty for what has none. `page` is where the public reads it, empty for what is not public. `person` is who
    publishes it where a person does, `begun_at` (aware UTC) when this try began and `since` when the first one did.
    `fields` are what is posted of it: `text`, and perhaps `link`, `image` and its `description`; empty for what is no
    post. An `image` is an address, or the name of an enclosure.
    """

    key: str
    occurrence_id: str
    kind: str
    title: str
    text: str
    html: str
    page: str
    person: str
    begun_at: datetime
    since: datetime
    made_up: bool = False
    """Whether that time is somebody's own invention (`--now`): the other side knows nothing of it."""
    others: frozenset[str] = frozenset()
    """What the other side calls the texts of this medium that are out already: none of them is this one."""
    fields: Mapping[str, str] = field(default_factory=dict)
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """What came of it: `address` where it can be seen, `reference` what the other side calls it.

    With `asked` it is not out yet: that person was handed it, should have it out by `until` (aware), and says where.
    """

    address: str = ""
    reference: str = ""
    asked: str = ""
    until: datetime | None = None


class Options(Strict):
    """What `channels.yaml` may say of a medium of this channel under `options`; a channel with options derives."""


Chosen = TypeVar("Chosen", bound=Options)


class Channel(ABC, Generic[Chosen]):
    """A way out. One object per process serves every medium, in several threads."""

    id: ClassVar[str]
    options: ClassVar[type[Options]] = Options
    waits_for_embargo: ClassVar[bool] = True
    """Whether what it sends can be read at once: then nothing leaves before the embargo's end."""
    beside: ClassVar[bool] = False
    """Whether sending may take a while: then it is done beside everything else."""
    takes_back: ClassVar[bool] = False
    """Whether what is withdrawn disappears from it by itself; elsewhere whoever published it is asked to act."""
    posts: ClassVar[bool] = False
    """Whether it takes kinds alone that say what is posted of them, each post by itself on its own day."""
    needs_person: ClassVar[bool] = False
    """Whether a person publishes what it hands over: then a medium must name one."""

    def refuse(self, message: Message, options: Chosen) -> None:
        """Raise Permanent for what this channel cannot express; nothing is cut off or left out in silence."""
        return None

    @abstractmethod
    def send(self, message: Message, options: Chosen) -> Receipt:
        """Send it once. Raises one of the errors above and nothing else, whatever the other side does."""

    def find(self, message: Message, options: Chosen) -> Receipt | None:
        """The receipt of what an earlier `send` may have brought out; None when it surely did not.

        Raises OutcomeUnknown when that cannot be told, and then a person looks; RetryLater to be asked again, and
        StopChannel.
        """
        raise OutcomeUnknown(say("publishing.cannot_look"))

    def feeds(self, address: str) -> tuple[str, ...]:
        """The feeds that bring what is at `address` from the same moment on; none for most."""
        return ()

    def check(self, options: Chosen, now: datetime) -> Outlook:
        """What will stop this medium soon; asked once a day, never raises."""
        return Outlook()


AnyChannel = Channel[Any]
