"""Media are asked what will stop them soon, and the coordinator is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.fixtures.graph_server import GraphServer
from tests.store.desk import notices_to, told
from tests.store.posting import DAY, HOUR, play
from tests.store.sample import NOW
from worker.clock import shift
from worker.jobs.ask_media import AskMedia
from worker.office import Office
from worker.times import Clock


def ask(office: Office, at: datetime) -> None:
    """Whoever works at `at`, by a real clock, asks the media and waits for what they say."""
    with shift(office, Clock(lambda: at, simulated=False), "tests") as current:
        job = AskMedia()
        for _ in range(20):
            if not (job.do_one(current, at) or job.wait(current)):
                return
    raise AssertionError("asked again and again")


def test_media_are_asked_once_a_day_and_a_doubt_is_told_once_a_week(posting: Office, graph: GraphServer) -> None:
    at = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)  # a Monday
    graph.debug["expires_at"] = int((at + 6 * DAY).timestamp())
    for later in (0 * HOUR, HOUR, 23 * HOUR, DAY, 2 * DAY):
        ask(posting, at + later)
    assert len([what for _, what in graph.calls if what == "debug_token"]) == 3
    (notice,) = notices_to(posting, "koordinator", "medium_doubt")
    assert "přestane platit v neděli 13." in notice.data["reason"].replace("\N{NO-BREAK SPACE}", " ")


def test_a_medium_without_a_token_is_told_of_and_ends_no_shift(
    posting: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HLASATEL_FACEBOOK_TOKEN")
    ask(posting, NOW)
    assert told(posting) == ["medium_doubt"]


def test_at_a_made_up_time_nobody_is_asked(posting: Office, graph: GraphServer) -> None:
    play(posting, NOW, AskMedia())
    assert graph.calls == []
