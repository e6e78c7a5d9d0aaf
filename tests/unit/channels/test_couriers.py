"""Sending beside everything else: what waits for what, and how long a try may last."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from worker.channels import all_channels
from worker.channels.base import Message, Options, Outlook
from worker.outbound import graph, picture
from worker.publishing.couriers import ASKED_AT_ONCE, Couriers, Errand
from worker.publishing.ledger import LOOK_AFTER

AT = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
MESSAGE = Message(
    key="a/2026/news-item/stranka", occurrence_id="a/2026", kind="news-item", title="Poradna", text="Poradna.", html="",
    page="https://hlasatel.example.org/archiv/a/2026", person="", begun_at=AT, since=AT,
)  # fmt: skip


def errand(medium: str) -> Errand:
    row = cast(Any, SimpleNamespace(medium=medium))
    return Errand(row, all_channels()["archive"], MESSAGE, Options(), looks=False)


def test_no_text_waits_for_a_question_that_hangs() -> None:
    couriers, hanging = Couriers(), threading.Event()

    def question() -> Outlook:
        hanging.wait(30)
        return Outlook()

    for number in range(ASKED_AT_ONCE + 9):
        couriers.ask(f"{number}", question)
    couriers.begin(errand("stranka"))
    assert couriers.wait(threading.Event())
    outcome = couriers.come_back()
    assert outcome is not None and outcome.receipt is not None and couriers.busy == []
    assert couriers.answer() is None
    hanging.set()
    began = time.monotonic()
    assert couriers.leave() == [] and time.monotonic() - began < 20


def test_what_is_under_way_at_the_end_is_waited_for() -> None:
    couriers = Couriers()
    for medium in ("a", "b"):
        couriers.begin(errand(medium))
    assert [each.errand.publication.medium for each in couriers.leave()] == ["a", "b"]


def test_a_try_is_over_before_it_is_looked_for() -> None:
    photo_and_post = picture.SECONDS + 2 * graph.SECONDS
    assert photo_and_post < LOOK_AFTER.total_seconds() - 30, "else it may come out after it was found missing"
