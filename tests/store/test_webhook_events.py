"""An event whose receiver is away for a while: it comes later under the same id, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fixtures.hook_server import SECRET, HookServer, hook_server
from tests.store.desk import at_work, told
from tests.store.places import place, placed
from tests.store.sample import NOW
from worker.jobs.publish import Publish
from worker.office import Office
from worker.settings import Medium
from worker.store.states import PublicationState

MINUTE = timedelta(minutes=1)


def play(office: Office, minutes: int) -> None:
    """All there is to publish so many minutes after the send time."""
    at, job = NOW + minutes * MINUTE, Publish()
    with at_work(office, at) as current:
        while job.do_one(current, at) or job.wait(current):
            pass


def sent(office: Office, hook: HookServer, monkeypatch: pytest.MonkeyPatch) -> tuple[Office, int]:
    monkeypatch.setenv("HLASATEL_WEBHOOK_SECRET", SECRET)
    medium = Medium(
        id="system", name="Systém", channel="webhook", takes=("facebook-text",), ours="ukázka",
        options={"url": hook.url, "internal": ("127.0.0.0/8",)},
    )  # fmt: skip
    number = placed(office, PublicationState.QUEUED, medium, due_at=NOW, begun_at=None, deadline=NOW + 240 * MINUTE)
    return replace(office, media={medium.id: medium}), number


def test_what_was_not_taken_comes_later_under_the_same_id(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with hook_server() as hook:
        own, number = sent(office, hook, monkeypatch)
        hook.answers = [(503, {"Retry-After": "600"}), (0, {}), (201, {"Location": "https://is.example.org/1"})]
        for minutes in (0, 9, 10, 11, 12, 13, 60):
            play(own, minutes)
    assert (place(own, number).state, place(own, number).address) == ("published", "https://is.example.org/1")
    ids, stamps = ([headers[name] for headers, _ in hook.got] for name in ("webhook-id", "webhook-timestamp"))
    assert len(set(ids)) == 1 and [int(each) - int(stamps[0]) for each in stamps] == [0, 600, 720]
    assert told(own) == []


def test_what_a_crash_left_in_doubt_is_sent_again_under_the_same_id(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hook_server() as hook:
        own, number = sent(office, hook, monkeypatch)
        with at_work(own, NOW) as current:
            Publish().do_one(current, NOW)
            assert current.couriers.wait(current.stopping)
            current.couriers.come_back()  # and what came of it is never written down
        for minutes in (1, 4):
            play(own, minutes)
    assert place(own, number).state == "published"
    assert [headers["webhook-id"] for headers, _ in hook.got] == [hook.got[0][0]["webhook-id"]] * 2
