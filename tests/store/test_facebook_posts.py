"""Posts on a page by its channel: a serial's days, what each answer does to a row, and what a defect stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.fixtures.graph_server import GraphServer, Trouble
from tests.store.desk import notices_to, told
from tests.store.places import EDITOR, WEB
from tests.store.posting import DAY, HOUR, MINUTE, TEXT, begin_again, begun, play, row, rows
from tests.store.sample import NOW
from worker import channels
from worker.office import Office
from worker.publishing import ledger, rests
from worker.settings import Medium
from worker.store.tables import drafts, packages, publications, stops

ONE = {"text": TEXT}
SERIAL = {"headline": "Komu pomůžeme", "parts": "První díl.\n---\nDruhý díl.\n---\nTřetí díl.", "apart": "4"}


def test_a_serial_comes_out_part_by_part_each_on_its_working_day(posting: Office, graph: GraphServer) -> None:
    begun(posting, SERIAL, "facebook-serial")
    tuesday, monday, wednesday = NOW, NOW + 6 * DAY, NOW + 8 * DAY  # four days later is a Saturday
    assert [each.due_at for each in rows(posting)] == [tuesday, monday, wednesday]
    assert [each.deadline for each in rows(posting)] == [each + 4 * HOUR for each in (tuesday, monday, wednesday)]
    for day, out in ((tuesday, 1), (tuesday + DAY, 1), (monday, 2), (wednesday + HOUR, 3)):
        play(posting, day)
        assert len(graph.posts) == out
    first, second, third = reversed([post["message"] for post in graph.posts])
    assert (first, second) == ("Komu pomůžeme (1/3)\n\nPrvní díl.", "Komu pomůžeme (2/3)\n\nDruhý díl.")
    assert third == "Komu pomůžeme (3/3)\n\nTřetí díl."
    assert len({each.address for each in rows(posting)}) == 3


def test_a_part_that_fails_keeps_no_other_back_and_what_is_out_is_not_begun_again(
    posting: Office, graph: GraphServer
) -> None:
    begun(posting, SERIAL, "facebook-serial")
    play(posting, NOW)
    graph.troubles["feed"] = [Trouble(code=100)]
    play(posting, NOW + 6 * DAY)
    play(posting, NOW + 8 * DAY)
    assert [each.state for each in rows(posting)] == ["published", "failed", "published"]
    with posting.database.write() as tx:
        tx.execute(update(publications).values(draft_id=_another(tx)))
        begin_again(tx, posting)
    assert [(each.part, each.state) for each in rows(posting)][3:] == [(2, "queued")]


def _another(tx: Any) -> int:
    """A draft of an earlier version."""
    package, draft = (dict(tx.execute(select(table)).mappings().one()) for table in (packages, drafts))
    earlier = package | {"id": package["id"] + 100, "version": 0}
    tx.execute(packages.insert().values(earlier))
    tx.execute(drafts.insert().values(draft | {"id": draft["id"] + 100, "package_id": earlier["id"]}))
    return int(draft["id"] + 100)


ANSWERS = [
    # what the page answers, then: the row's state, when it is its turn again, and what the coordinator hears
    pytest.param(Trouble(code=1, status=500), "unknown", 2 * MINUTE, [], id="1"),
    pytest.param(Trouble(code=506), "unknown", 2 * MINUTE, [], id="506"),
    pytest.param(Trouble(code=4), "queued", 15 * MINUTE, [], id="4"),
    pytest.param(Trouble(code=368), "failed", None, ["publication_failed"], id="368"),
    pytest.param(Trouble(code=190, status=401), "queued", 0 * MINUTE, ["medium_stopped"], id="190"),
    pytest.param(Trouble(code=200, status=403), "queued", 0 * MINUTE, ["medium_stopped"], id="200"),
    pytest.param(Trouble(code=100), "failed", None, ["publication_failed"], id="100"),
]


@pytest.mark.parametrize(("trouble", "state", "after", "kinds"), ANSWERS)
def test_what_each_answer_does_to_the_row(
    posting: Office, graph: GraphServer, trouble: Trouble, state: str, after: timedelta | None, kinds: list[str]
) -> None:
    begun(posting, ONE)
    graph.troubles["feed"] = [trouble]
    play(posting, NOW)
    assert row(posting).state == state
    assert row(posting).due_at == (None if after is None else NOW + after)
    assert told(posting) == kinds
    assert graph.posts == []


def test_what_is_out_without_an_answer_is_found_hours_later(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    graph.troubles = {"feed": [Trouble(done=True)], "posts": [Trouble(code=2, status=500) for _ in range(3)]}
    for minutes in (0, 2, 4, 8, 120):
        play(posting, NOW + minutes * MINUTE)
    assert (row(posting).state, len(graph.posts)) == ("published", 1)
    assert row(posting).address == graph.posts[0]["permalink_url"]


def test_a_refusal_as_a_duplicate_finds_what_an_earlier_try_brought_out(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    graph.troubles["feed"] = [Trouble(done=True), Trouble(code=506)]
    play(posting, NOW)
    hidden = graph.posts.pop()  # it shows on the page later than it is there
    play(posting, NOW + 3 * MINUTE)
    graph.posts.append(hidden)
    play(posting, NOW + 6 * MINUTE)
    assert (row(posting).state, row(posting).reference, len(graph.posts)) == ("published", hidden["id"], 1)


def test_the_first_try_is_what_everything_is_looked_for_since(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    graph.troubles["feed"] = [Trouble(code=4), Trouble(code=4)]
    for hours in (0, 1, 2):
        play(posting, NOW + hours * HOUR)
    assert (row(posting).first_begun_at, row(posting).begun_at) == (NOW, NOW + 2 * HOUR)


def test_what_is_sent_and_never_there_is_a_persons_in_the_end(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    graph.troubles["feed"] = [Trouble(code=506) for _ in range(99)]
    with posting.database.write() as tx:
        tx.execute(update(publications).values(attempts=ledger.MOST_TRIES - 1, deadline=None))
    for hours in range(4):
        play(posting, NOW + hours * HOUR)
    assert (row(posting).state, row(posting).due_at) == ("unknown", None)
    assert len(notices_to(posting, "koordinator", "publication_doubtful")) == 1
    assert len(graph.troubles["feed"]) == 97


def test_what_cannot_be_looked_for_is_a_persons_after_two_days(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    graph.troubles = {"feed": [Trouble()], "posts": [Trouble() for _ in range(99)]}
    for hours in (0, 1, 2, 3, 49, 72):
        play(posting, NOW + hours * HOUR)
    assert (row(posting).state, row(posting).due_at) == ("unknown", None)
    assert len(notices_to(posting, "koordinator", "publication_doubtful")) == 1


def test_nothing_goes_out_past_its_deadline_whatever_kept_it_back(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    play(posting, NOW + 4 * HOUR + MINUTE)
    assert (row(posting).state, graph.posts) == ("expired", [])
    (notice,) = notices_to(posting, "koordinator", "publication_failed")
    assert "Do lhůty text nevyšel" in notice.data["reason"]


def test_what_was_not_found_past_its_deadline_is_not_sent_again(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    graph.troubles["feed"] = [Trouble()]
    play(posting, NOW)
    play(posting, NOW + 5 * HOUR)
    assert (row(posting).state, graph.posts) == ("failed", [])
    assert len(notices_to(posting, "koordinator", "publication_failed")) == 1


def test_a_page_that_rests_gets_none_of_its_texts_and_then_all(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    graph.troubles["feed"] = [Trouble(code=368)]
    play(posting, NOW)
    begun(posting, {"text": "Jiná zpráva."}, occurrence="tiskova-zprava/2026-09")
    with posting.database.write() as tx:
        tx.execute(update(publications).where(publications.c.state == "queued").values(deadline=NOW + DAY))
    calls = len(graph.calls)
    play(posting, NOW + 5 * HOUR)
    assert len(graph.calls) == calls
    play(posting, NOW + 6 * HOUR)
    assert [each.state for each in rows(posting)] == ["failed", "published"]
    with posting.database.read() as tx:
        assert tx.execute(select(stops)).all() == []


def test_a_token_that_ends_while_a_page_rests_stops_it_for_good(posting: Office, graph: GraphServer) -> None:
    with posting.database.write() as tx:
        rests.rest(tx, "stranka", "odpočinek", NOW - HOUR, NOW)
    begun(posting, ONE)
    graph.token = "another"
    play(posting, NOW)
    with posting.database.read() as tx:
        assert tx.execute(select(stops.c.until)).scalars().all() == [None]


def test_words_that_were_not_shown_do_not_go_out(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    with posting.database.write() as tx:
        tx.execute(update(drafts).values(fields={"text": "Něco docela jiného."}))
    play(posting, NOW)
    assert (row(posting).state, graph.posts) == ("failed", [])
    assert told(posting) == ["publication_failed"]


def test_what_goes_out_is_typeset_as_it_was_shown(posting: Office, graph: GraphServer) -> None:
    begun(posting, {"text": 'V "poradně" 8.12.2026', "link": "https://www.example.org/2024-2025"})
    play(posting, NOW)
    (post,) = graph.posts
    assert post["message"].replace("\N{NO-BREAK SPACE}", " ") == "V „poradně“ 8. 12. 2026"
    assert "\N{NO-BREAK SPACE}" in post["message"] and post["link"] == "https://www.example.org/2024-2025"


def test_a_medium_that_has_left_the_file_gets_nothing(posting: Office, graph: GraphServer) -> None:
    begun(posting, ONE)
    play(replace(posting, media={"stranka": WEB.model_copy(update={"id": "stranka"})}), NOW)
    assert (row(posting).state, told(posting), graph.posts) == ("failed", ["publication_failed"], [])


@pytest.fixture
def breaking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A channel with a defect among the product's own."""
    code = tmp_path / "more"
    code.mkdir()
    (code / "defective.py").write_text(
        "from worker.channels.base import Channel, Options\n\n\n"
        "class Defective(Channel[Options]):\n"
        "    id = 'defective'\n    beside = True\n\n"
        "    def send(self, message, options):\n        return {}['defect']\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(code)])
    channels._found.cache_clear()
    yield
    channels._found.cache_clear()


@pytest.mark.usefixtures("breaking")
def test_a_defect_of_a_channel_is_raised_when_its_row_is_set_aside_for_a_person(
    posting: Office, graph: GraphServer
) -> None:
    medium = Medium(id="vadna", name="Vadná", channel="defective", takes=("facebook-text",), ours="ukázka")
    both = replace(posting, media={medium.id: medium, **posting.media})
    begun(both, ONE)
    with pytest.raises(KeyError, match="defect"):
        play(both, NOW)
    for minutes in (0, 5, 300):
        play(both, NOW + minutes * MINUTE)
    assert [(each.state, each.due_at) for each in rows(both)] == [("unknown", None), ("published", None)]
    assert told(both) == ["publication_doubtful"]


def test_a_hand_off_that_a_crash_interrupted_is_handed_over_once(office: Office) -> None:
    by_hand = replace(office, media={WEB.id: WEB})
    begun(by_hand, ONE)
    with by_hand.database.write() as tx:
        tx.execute(update(publications).values(state="sending", begun_at=NOW, first_begun_at=NOW, person=EDITOR))
    play(by_hand, NOW)
    play(by_hand, NOW + 3 * MINUTE)
    assert row(by_hand).state == "asked" and told(by_hand) == ["handoff"]
