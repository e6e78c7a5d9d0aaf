"""What waits for somebody beside the lists is shown with what settles it; `why` tells of each place and group."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.store.desk import at_work, begin, environment, state
from tests.store.places import BOARD, EDITOR, MEDIA, PAGE, WEB, place, placed
from tests.store.sample import NOW, PRESS
from worker.cli.main import main
from worker.delivery import orders
from worker.errors import HlasatelError
from worker.holding.begin import begin as begin_hold
from worker.jobs.close_finished import CloseFinished
from worker.office import Office
from worker.publishing import ledger, settling
from worker.record import places, reach, why
from worker.record.account import account
from worker.record.places import SILENCE
from worker.record.status import beside
from worker.store.states import PublicationState
from worker.store.tables import occurrences, stops

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it makes no difference to any of this

P = PublicationState
DAY = timedelta(days=1)
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def own(office: Office) -> Office:
    return replace(office, media=MEDIA)


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in the office's environment: its exit code and what it printed."""
    for name, value in environment(office).items():
        monkeypatch.setenv(name, value)

    def typed(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--now", NOW.isoformat()])
        printed = capsys.readouterr()
        return int(str(ended.value.code or 0)), printed.out.replace("\u00a0", " ")

    return typed


def wanting(office: Office, at: Any = NOW) -> list[tuple[str, tuple[str, ...]]]:
    with office.database.read() as tx:
        return [(str(each.row.state), each.settled_by) for each in places.wanting_attention(tx, office, at)]


@pytest.mark.parametrize(
    ("state", "values", "ways"),
    [
        (P.FAILED, {}, ("again", "out", "not")),
        (P.FAILED, {"called_off_at": NOW}, ("out", "not")),
        (P.EXPIRED, {}, ("again", "out", "not")),
        (P.UNKNOWN, {"due_at": None}, ("out", "again", "not")),
        (P.UNKNOWN, {"due_at": NOW}, None),
        (P.ASKED, {"deadline": NOW}, ("out", "not")),
        (P.ASKED, {"deadline": NOW + DAY}, None),
        (P.ASKED, {"deadline": NOW - SILENCE}, None),
        (P.PAUSED, {}, ("resume",)),
        (P.QUEUED, {"due_at": NOW}, None),
        (P.PUBLISHED, {}, None),
        (P.DECLINED, {}, None),
        (P.WITHDRAWN, {}, None),
    ],
)
def test_a_place_that_waits_for_a_person_says_what_she_may_do(
    own: Office, state: PublicationState, values: dict[str, Any], ways: tuple[str, ...] | None
) -> None:
    placed(own, state, **values)
    assert wanting(own) == ([] if ways is None else [(str(state), ways)])


def test_nobody_is_waited_for_to_let_go_on_what_everything_holds(own: Office) -> None:
    number = placed(own, P.QUEUED, due_at=NOW)
    with own.database.write() as tx:
        begun = begin_hold(tx, own, NOW, until=NOW + DAY, reason="smutek", person="koordinator")
    assert (place(own, number).state, wanting(own)) == ("paused", [])
    assert any("zatím nezveřejněno, míst: 1" in line for line in begun.stopped)


def test_the_commands_shown_settle_what_they_are_shown_for(own: Office, run: Run) -> None:
    first, second = placed(own, P.FAILED, WEB), placed(own, P.UNKNOWN, BOARD)
    third = placed(own, P.EXPIRED, PAGE)
    with own.database.read() as tx:
        shown = [command for each in places.wanting_attention(tx, own, NOW) for command in each.commands()]
    told = run("status")[1]
    assert all(command in told for command in shown)
    typed = [command.partition("hlasatel ")[2].split() for command in shown]
    (again,) = [each for each in typed if each[1] == "again" and "web" in each]
    (out,) = [each for each in typed if each[1] == "out" and "nastenka" in each]
    (not_this_time,) = [each for each in typed if each[1] == "not" and "facebook" in each]
    assert run(*again)[0] == 0
    assert run(*out[:-1], "https://www.example.org/1")[0] == 0
    assert run(*not_this_time[:-1], "už to není aktuální")[0] == 0
    assert [place(own, each).state for each in (first, second, third)] == ["queued", "published", "declined"]
    deadline = place(own, first).deadline
    assert timedelta() <= deadline - (NOW + DAY) < timedelta(minutes=5), "it has a day from the order"
    assert run("publication", "not", PRESS, "--note", " ")[0] == 1
    assert "Zveřejnění, která na někoho čekají" not in run("status")[1]


def test_a_medium_that_stands_still_is_shown_until_it_is_let_go_on(own: Office, run: Run) -> None:
    placed(own, P.QUEUED, PAGE, due_at=NOW)
    with own.database.write() as tx:
        tx.execute(stops.insert().values(medium="facebook", reason="Klíč vypršel.", since=NOW))
    told = run("status")[1]
    assert "Klíč vypršel. Čeká tu textů: 1." in told and "hlasatel publication resume facebook" in told
    (row,) = json.loads(run("status", "--format", "json")[1])["stopped_media"]
    assert (row["medium"], row["waiting"], row["settle"]) == ("facebook", 1, ["hlasatel publication resume facebook"])
    assert run("publication", "resume", "facebook")[0] == 0
    assert "nic neposílá" not in run("status")[1]


def test_nothing_is_repeated_while_everything_is_held(own: Office) -> None:
    number = placed(own, P.FAILED)
    with own.database.write() as tx:
        begin_hold(tx, own, NOW, until=NOW + DAY, reason="smutek", person="koordinator")
    with own.database.write() as tx, pytest.raises(HlasatelError, match="hold end"):
        settling.again(tx, place(own, number), NOW, person="koordinator")


def test_what_a_hold_kept_back_goes_on_when_a_person_lets_it_and_not_before_its_embargo(own: Office) -> None:
    late, later = placed(own, P.QUEUED, WEB, due_at=NOW), placed(own, P.QUEUED, BOARD, due_at=NOW + 9 * DAY)
    with own.database.write() as tx:
        orders.pause(tx, own, PRESS, NOW, person="koordinator")
    at = NOW + 5 * DAY
    with own.database.write() as tx:
        assert not ledger.expire(tx, at), "it waits for a person and not for its time"
        assert orders.resume(tx, PRESS, at, person="koordinator") == 2
    row = place(own, late)
    assert (row.state, row.due_at, row.deadline) == ("queued", at, at + DAY)
    assert place(own, later).due_at == NOW + 9 * DAY


@pytest.mark.parametrize("doubtful", [False, True])
def test_what_comes_back_while_everything_is_held_waits(own: Office, doubtful: bool) -> None:
    number = placed(own, P.UNKNOWN if doubtful else P.SENDING, PAGE)
    with own.database.write() as tx:
        begin_hold(tx, own, NOW, until=NOW + DAY, reason="smutek", person="koordinator")
    with own.database.write() as tx:
        row = place(own, number)
        ledger.not_there(tx, row, NOW) if doubtful else ledger.later(tx, row, "zítra", None, NOW - DAY)
    assert place(own, number).state == "paused"


def closed(office: Office, at: Any) -> str:
    with at_work(office, at) as current:
        while CloseFinished().do_one(current, at):
            pass
        return state(office)


def test_what_was_only_handed_is_done_when_that_is_told_or_when_nobody_tells_for_long(own: Office) -> None:
    number = placed(own, P.ASKED, deadline=NOW + DAY)
    assert closed(own, NOW + 2 * DAY) == "sending"
    end = NOW + DAY + SILENCE
    assert closed(own, end - timedelta(seconds=1)) == "sending"
    with at_work(own, NOW) as current:
        assert CloseFinished().next_at(current, NOW) == end
    assert closed(own, end) == "done"
    with own.database.write() as tx:
        assert settling.told_out(tx, place(own, number), end, address="", note="vyšlo", person=EDITOR), "also later"


@pytest.mark.parametrize("told", ["out", "declined", "mailed"])
def test_it_is_done_at_once_when_it_is_told_of_or_went_out_by_mail(own: Office, told: str) -> None:
    if told == "mailed":
        begin(own, 0, kind="facebook-text")
    number = placed(own, P.ASKED, deadline=NOW + DAY)
    with own.database.write() as tx:
        row = place(own, number)
        if told == "out":
            settling.told_out(tx, row, NOW, address="", note="vyšlo", person=EDITOR)
        if told == "declined":
            settling.told_not(tx, row, NOW, note="není místo", person=EDITOR)
    assert closed(own, NOW) == "done"


def test_why_tells_each_place_and_whom_none_of_them_reaches(own: Office, run: Run) -> None:
    placed(own, P.PUBLISHED, WEB, address="https://www.example.org/1", settled_at=NOW)
    placed(own, P.ASKED, BOARD, deadline=NOW)
    placed(own, P.FAILED, PAGE, reason="Stránka neexistuje.", settled_at=NOW)
    with own.database.read() as tx:
        told = "\n".join(why.story(tx, own, PRESS, NOW) or []).replace("\u00a0", " ")
        found = account(tx, own, PRESS, NOW)
        assert account(tx, own, "neni/2026", NOW) is None
    assert "  Web kraje: zveřejněno 8. 12. 2026 10:00:00 SEČ – https://www.example.org/1" in told
    assert "  Nástěnka: neřečeno, mělo to vyjít do 10:00 v úterý 8. prosince 2026 (SEČ)" in told
    assert "  Facebook kraje: nepodařilo se to (8. 12. 2026 10:00:00 SEČ) – Stránka neexistuje." in told
    assert found is not None and [each["state"] for each in found["places"]] == ["published", "asked", "failed"]
    assert found["places"][0]["address"] == "https://www.example.org/1"
    assert json.loads(run("why", PRESS, "--format", "json")[1])["occurrence"] == PRESS
    assert run("why", "neni/2026", "--format", "json")[0] == 1


def test_key_information_is_accounted_for_by_the_groups_it_got_to(own: Office) -> None:
    placed(own, P.PUBLISHED, WEB)
    placed(own, P.DECLINED, BOARD)
    with own.database.write() as tx:
        tx.execute(update(occurrences).values(stezejni=True))
    with own.database.read() as tx:
        (row,) = reach.between(tx, own, NOW, NOW + DAY)
        assert (row.reached, row.open, row.unreached) == (("většinové obyvatelstvo",), (), ("senioři",))
        assert reach.between(tx, own, NOW - DAY, NOW) == [], "the span is half open"
        assert beside(tx, own, NOW + DAY)["unreached"] == [
            {"occurrence": PRESS, "title": "Tisková zpráva", "groups": ["senioři"]}
        ]


def test_a_group_that_may_still_be_reached_is_neither(own: Office) -> None:
    placed(own, P.ASKED, BOARD)
    with own.database.write() as tx:
        tx.execute(update(occurrences).values(stezejni=True))
    with own.database.read() as tx:
        (row,) = reach.between(tx, own, NOW, NOW + DAY)
    assert (row.reached, row.open, row.unreached) == ((), ("senioři",), ("většinové obyvatelstvo",))


def test_only_key_information_is_accounted_for(own: Office) -> None:
    placed(own, P.PUBLISHED, WEB)
    with own.database.read() as tx:
        assert reach.between(tx, own, NOW, NOW + DAY) == []
