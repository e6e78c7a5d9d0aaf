"""Decisions under concurrency: the first one wins, nobody is overruled, and nothing goes out without its approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event, Timer

import pytest
from sqlalchemy import select, text, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import ASKED, SEND, approve, asked, at_work, begin, deliver, state, states, token
from tests.store.sample import PRESS
from tests.store.seated import DIRECTOR, SPOKESWOMAN, made, put_before
from worker.approval import decide
from worker.approval.cases import AlreadyDecided, NotThisVersion, Refused, Unfinished
from worker.approval.decide import Choice
from worker.jobs import work
from worker.jobs.renew_changed import RenewChanged
from worker.jobs.start_sending import StartSending
from worker.office import Office
from worker.store.states import OccurrenceState, lock_occurrence, try_move_occurrence
from worker.store.tables import decisions, mailings, occurrences

BOTH = (SPOKESWOMAN, DIRECTOR)
AT_ONCE = 100


@pytest.mark.parametrize("rule", ["one", "all"])
def test_of_many_opposite_decisions_at_once_the_first_wins_and_the_others_hear_whose(office: Office, rule: str) -> None:
    """Two people with one seat, or with one each, of which a return leaves none: half approve and half return."""
    put_before(office, *BOTH, rule=rule)
    links = [token(office, person) for person in BOTH]
    ready = Barrier(AT_ONCE)

    def one(number: int) -> str:
        choice = Choice.APPROVE if number // 2 % 2 else Choice.RETURN
        ready.wait(60)
        try:
            decide.decide(office, links[number % 2], choice, "komentář", ASKED)
        except AlreadyDecided as late:
            return str(late)
        return "decided"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = Counter(pool.map(one, range(AT_ONCE)))
    won = made(office)
    assert results.pop("decided") == len(won)
    assert sum(results.values()) == AT_ONCE - len(won)
    if rule == "one":
        assert len(won) == 1
        assert state(office) == ("approved" if won[0].decision == "approve" else "returned")
    else:
        assert state(office) == ("approved" if {each.decision for each in won} == {"approve"} else "returned")
        assert sorted({each.seat for each in won}) == sorted(each.seat for each in won)
    for sentence in results:
        assert any(office.person_name(each.person) in sentence for each in won), sentence
        assert "1. 12. 2026" in sentence.replace("\xa0", " ") or "prosince 2026" in sentence


@pytest.mark.usefixtures("already_asked")
def test_a_decision_taken_back_while_sending_begins_is_not_overruled(office: Office) -> None:
    approve(office, asked(office))
    locked, go_on = Event(), Event()

    def take_back() -> None:
        with office.database.write() as tx:
            lock_occurrence(tx, PRESS)
            locked.set()
            go_on.wait(10)
            assert try_move_occurrence(tx, PRESS, OccurrenceState.APPROVED, OccurrenceState.ASKED, SEND)
            tx.execute(update(decisions).values(live=None))

    with ThreadPoolExecutor(1) as pool, at_work(office, SEND) as current:
        taken_back = pool.submit(take_back)
        assert locked.wait(10)
        Timer(0.5, go_on.set).start()  # by then the job below waits for the lock
        StartSending().do_one(current, SEND)
        taken_back.result(10)
    assert state(office) == "asked"
    with office.database.read() as tx:
        assert tx.execute(select(mailings)).all() == []


@pytest.mark.usefixtures("already_asked")
def test_deciding_and_renewing_never_wait_for_each_other(office: Office) -> None:
    asked(office)
    faults: list[BaseException] = []

    def decide_and_take_back() -> None:
        for _ in range(25):
            link = token(office, "tiskovy-mluvci")
            for step in (
                lambda link=link: approve(office, link),
                lambda link=link: decide.take_back(office, link, ASKED),
            ):
                _try(step, faults)

    def move_and_renew() -> None:
        with at_work(office, ASKED) as current:
            for number in range(25):
                with office.database.write() as tx:
                    lock_occurrence(tx, PRESS)
                    moved = SEND + timedelta(minutes=number)
                    tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(send_at=moved))
                _try(lambda: RenewChanged().do_one(current, ASKED), faults)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(decide_and_take_back), pool.submit(move_and_renew)]:
            done.result(120)
    assert faults == []


def _try(step: Callable[[], object], faults: list[BaseException]) -> None:
    try:
        step()
    except Refused:
        pass
    except BaseException as error:
        faults.append(error)


@pytest.mark.usefixtures("already_asked")
def test_the_approvers_of_the_plan_decide_and_no_others(office: Office) -> None:
    link = asked(office)
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(approvers=["reditel"]))
    with pytest.raises(Refused):
        approve(office, link)
    with at_work(office, ASKED) as current:
        work(current)
    with pytest.raises(NotThisVersion):
        approve(office, link)
    approve(office, token(office, "reditel"))
    assert state(office) == "approved"


@pytest.mark.usefixtures("already_asked")
def test_what_was_not_approved_is_not_sent_whatever_the_state_says(office: Office) -> None:
    asked(office)
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(state="approved"))
    with at_work(office, SEND) as current, pytest.raises(Refused):
        StartSending().do_one(current, SEND)
    with office.database.read() as tx:
        assert tx.execute(select(mailings)).all() == []


@pytest.mark.usefixtures("already_asked")
@pytest.mark.parametrize("comment", ["a\0b", "a\x1b[31m"])
def test_control_characters_are_refused_before_the_database_sees_them(office: Office, comment: str) -> None:
    link = asked(office)
    with pytest.raises(Unfinished):
        decide.decide(office, link, Choice.RETURN, comment, ASKED)
    assert state(office) == "asked"


def test_an_intent_that_fails_loses_no_outcome_and_leaves_no_envelope(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 5)
    _break_third_intent(office, "CREATE")
    with pytest.raises(Exception, match="broken"):
        deliver(office)
    assert states(office)[:2] == ["sent", "sent"]
    _break_third_intent(office, "DROP")
    deliver(office)
    assert states(office) == ["sent"] * 5
    assert Counter(received.recipient for received in relay.received) == Counter(
        {received.recipient: 1 for received in relay.received}
    )
    assert len(relay.received) == 5


def _break_third_intent(office: Office, action: str) -> None:
    """A trigger of the database itself that refuses the third recipient's intent."""
    with office.database.write() as tx:
        third = tx.execute(text("SELECT recipient_id FROM deliveries ORDER BY recipient_id LIMIT 1 OFFSET 2")).scalar()
        if office.database.is_sqlite:
            create = (
                f"CREATE TRIGGER broken BEFORE UPDATE ON deliveries WHEN NEW.recipient_id = {third}"
                " AND NEW.state = 'sending' BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
            tx.execute(text(create if action == "CREATE" else "DROP TRIGGER broken"))
            return
        if action == "CREATE":
            body = "BEGIN RAISE EXCEPTION 'broken'; END"
            tx.execute(text(f"CREATE FUNCTION broken() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql"))
            tx.execute(
                text(
                    f"CREATE TRIGGER broken BEFORE UPDATE ON deliveries FOR EACH ROW WHEN (NEW.recipient_id = {third}"
                    " AND NEW.state = 'sending') EXECUTE FUNCTION broken()"
                )
            )
        else:
            tx.execute(text("DROP TRIGGER broken ON deliveries"))
            tx.execute(text("DROP FUNCTION broken"))
