"""What a source is: one place that material for drafts comes from.

A source reads and returns plain JSON, which is frozen with the draft, so that an edit of the draft renders again from
the very same material. It knows no other source and no kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from worker.plan.model import Activity, Occurrence, Plan

JSON = dict[str, Any]
"""What `json.dumps` takes and gives back unchanged: dates are ISO 8601 text."""


@dataclass(frozen=True)
class Published:
    """Something that reached the public: a mailing that was sent, or a hand-off that a person confirmed."""

    occurrence_id: str
    title: str
    kind: str
    sent_at: datetime


@dataclass(frozen=True)
class SourceContext:
    """What a source may read. `now` and `last_sent` are aware UTC; `published` takes a half-open span of such times.

    `last_sent` is when the activity's previous occurrence went out, None when none did.
    """

    occurrence: Occurrence
    activity: Activity
    plan: Plan
    plan_occurrences: Sequence[Occurrence]
    config_dir: Path
    now: datetime
    published: Callable[[datetime, datetime], Sequence[Published]]
    last_sent: datetime | None = None


class Source(ABC):
    """One place that material comes from."""

    id: ClassVar[str]

    @abstractmethod
    def gather(self, context: SourceContext) -> JSON:
        """The material for one occurrence; HlasatelError when it cannot be read, with what to do."""
