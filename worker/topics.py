"""The topics a recipient may choose, as the plan's rows (`topics`) and the pages of joining and leaving name them.

They say what somebody wants to read about, never what she lives through: no list may put them beside origin or health
(`worker/settings/lists.py`).
"""

from __future__ import annotations

from worker.messages import say

TOPICS = ("bydleni", "dluhy", "vzdelavani", "socialni-sluzby", "bezpecnost", "zdravi")
"""In the order in which they are offered."""


def topic_name(topic: str) -> str:
    """What people read; the id itself of one that is not known any more."""
    return say(f"topics.{topic}") if topic in TOPICS else topic
