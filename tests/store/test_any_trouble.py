"""Whatever a relay answers, in whatever order: everybody ends in one final state that tells what happened (I1, I2)."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.smtp_server import ACCEPT_AND_HANG_UP, HANG_UP, ScriptedRelay, Then, scripted_relay
from tests.store.conftest import open_office
from tests.store.desk import begin, deliver, mailing, recorded, rows, states
from tests.store.sample import NOW, address, office_with
from worker.office import Office
from worker.record import events
from worker.store.database import Database
from worker.store.states import FINAL_DELIVERIES

PEOPLE = 4
BEFORE: list[str | Then] = ["421 busy", "450 later", "550 no", HANG_UP, Then("550 no", hang_up=True)]
ANSWERS: dict[str, list[str | Then]] = {
    "CONNECT": ["220 hi", "421 busy", HANG_UP],
    "EHLO": ["250 hi", "421 busy", HANG_UP],
    "MAIL": ["250 ok", "421 busy", "550 no", HANG_UP],
    "RCPT": ["250 ok", *BEFORE],
    "DATA": ["354 go on", *BEFORE],
    "DOT": ["250 ok", *BEFORE, ACCEPT_AND_HANG_UP, "perhaps"],
    "RSET": ["250 ok", "421 busy", HANG_UP],
}
STEPS = [(verb, answer) for verb, answers in ANSWERS.items() for answer in answers]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=24))
def test_nobody_is_lost_and_nobody_gets_two(migrated_file: Path, steps: list[tuple[str, str | Then]]) -> None:
    with TemporaryDirectory() as folder, scripted_relay() as relay:
        file = Path(folder) / "hlasatel.sqlite3"
        shutil.copyfile(migrated_file, file)
        database = Database(f"sqlite:///{file}")
        try:
            for verb, answer in steps:
                relay.answer(verb, answer)
            office = office_with(open_office(database, relay, Path(folder)), failure_min=1000)
            _play(office, relay)
        finally:
            database.close()


def _play(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, PEOPLE)
    now = NOW
    while mailing(office, number).state != "done":
        deliver(office, now)
        now += timedelta(minutes=30)
        assert now < NOW + timedelta(days=6), states(office)
    copies = Counter(each.recipient for each in relay.received)
    assert len(rows(office)) == PEOPLE
    for row in rows(office):
        assert row.state in FINAL_DELIVERIES
        got = copies[row.address]
        assert got <= 1
        if row.state != "unknown":
            assert got == (row.state == "sent")
            assert row.copies == got
    assert set(copies) <= {address(each) for each in range(1, PEOPLE + 1)}
    assert recorded(office)[-1] == "occurrence.done"
    with office.database.read() as tx:
        assert events.first_broken(tx) is None
