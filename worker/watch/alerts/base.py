"""What a condition is, and what it looks at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection

from worker.office import Office


@dataclass
class Memory:
    """What one process remembers between two looks; another begins anew and loses nothing but time."""

    looked_at: datetime | None = None
    clocks: tuple[datetime, float] | None = None
    """The time and the seconds since boot at the last look."""
    moved: tuple[datetime, timedelta] | None = None
    """When the clock was last found to have moved by itself, and how far."""
    progress: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    """Mailing → how many of it were settled, and since when it has been that many."""
    chain: tuple[int, str] = (0, "")
    """Number and hash of the last event of the record that was found whole."""
    chain_broken: int | None = None


@dataclass(frozen=True)
class Watch:
    """What conditions look at: the database, the office and the time (aware) of whoever works.

    `own` is the id of this process's heartbeat, `seconds` a clock that nobody sets; None with a made-up time.
    """

    tx: Connection
    office: Office
    now: datetime
    memory: Memory
    own: str
    seconds: float | None = None


@dataclass(frozen=True)
class Alarm:
    """One thing that is wrong: what it is about, an id, and what its words are filled with."""

    about: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


class Condition(ABC):
    """One sort of thing that may be wrong. Its name is its file's; the words are `alerts.<name>_…`.

    `lasts` is how long it must have been found before anybody is told. It concerns the administrator, or with
    `coordinator` whoever looks after the plan.
    """

    lasts: ClassVar[timedelta] = timedelta()
    coordinator: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def found(self, watch: Watch) -> Iterator[Alarm]:
        """What is so now: a few cheap questions, none that waits for anything outside this machine."""

    def person(self, office: Office) -> str:
        """Who is told."""
        return office.settings.coordinator if self.coordinator else office.settings.administrator
