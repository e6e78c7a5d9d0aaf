"""Texts that are posted part by part: which parts there are, when each is due, and its words as they were approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from worker.channels.base import AnyChannel
from worker.drafting.typography import typeset
from worker.errors import HlasatelError
from worker.kinds import find
from worker.kinds.parts import Post
from worker.messages import say
from worker.times import PRAGUE, local_day, local_instant, next_working_day

WHOLE = 0
"""The number of a text that is not parted."""


def parts(
    channel: AnyChannel, draft: Row[Any], send_at: datetime | None, due: datetime
) -> Iterator[tuple[int, datetime]]:
    """The number of each part with when it is due: the first at `due`, the others on their day at `send_at`'s hour.

    The whole text where its channel does not part it, or where there is one part alone.
    """
    posts = _posts(draft) if channel.posts else ()
    if len(posts) < 2:
        yield WHOLE, due
        return
    planned = send_at or due
    for number, post in enumerate(posts, start=1):
        day = next_working_day(local_day(planned) + timedelta(days=post.days))
        at = local_instant(day, planned.astimezone(PRAGUE).time())
        yield number, max(at, due) if post.days else due


def posted(draft: Row[Any], part: int) -> Mapping[str, str]:
    """`text`, `link`, `image` and `description` of a part, typeset as it was shown; empty for what is no post.

    HlasatelError when any of them does not stand in the text that was shown and approved: the parts of a draft that a
    person edits are no part of what an approval binds to, their rendering is (I4).
    """
    posts = _posts(draft)
    if not posts:
        return {}
    post = posts[max(part, 1) - 1]
    words = asdict(replace(post, text=typeset(post.text), description=typeset(post.description)))
    del words["days"]
    shown = _on_one_line(draft.text)
    if not all(_on_one_line(each) in shown or _on_one_line(typeset(each)) in shown for each in words.values()):
        raise HlasatelError(say("publishing.not_as_shown"))
    return words


def where(publication: Row[Any]) -> dict[str, Any]:
    """What an event says of a publication's place: its medium, and the part of a text that has several."""
    return {"medium": publication.medium} | ({"part": publication.part} if publication.part != WHOLE else {})


def _posts(draft: Row[Any]) -> tuple[Post, ...]:
    kind = find(draft.kind)
    return kind.posts(draft.fields) if kind is not None else ()


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
