"""What is wrong is told to whoever looks after Hlasatel, with what to do, and never by a flood of mails."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, begin, notices_to, read, words, work_at
from tests.store.sample import NOW
from worker.clock import shift
from worker.jobs.base import Shift
from worker.jobs.beat import Beat
from worker.jobs.raise_alerts import RaiseAlerts
from worker.messages import speaking
from worker.office import Office
from worker.record import events as record
from worker.settings.watch import Alerts, Canary
from worker.store.database import Database, Use
from worker.store.tables import (
    alerts,
    bounces,
    canaries,
    events,
    heartbeats,
    mailings,
    notices,
    occurrences,
    recipients,
)
from worker.times import Clock, local_day
from worker.watch.alerts import Memory, Watch, all_conditions
from worker.watch.alerts.telling import Wrong
from worker.watch.heartbeat import OLD, Pulse, Standing

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATER = NOW + HOUR
ADMINISTRATOR, COORDINATOR = "redakce-webu", "koordinator"


def watched(office: Office, **changed: Any) -> Office:
    """The office with an administrator of its own, and other settings."""
    settings: dict[str, Any] = {"given_administrator": ADMINISTRATOR, **changed}
    return replace(office, settings=replace(office.settings, **settings))


def look(office: Office, at_shift: Shift, *minutes: float) -> None:
    for each in minutes:
        RaiseAlerts().do_one(replace(at_shift, office=office), NOW + each * MINUTE)


def break_everything(office: Office) -> Office:
    """An office in which each condition finds something, most of them more than one thing."""
    stalled, canaried = begin(office, 1), begin(office, 30, "newsletter", "newsletter/2026-12", ("platformy",))
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(state="approved", send_at=NOW - DAY))
        people = tx.execute(select(recipients.c.id)).scalars().all()
        back = [
            {"mailing_id": canaried, "recipient_id": each, "sort": "hard", "status": "", "at": NOW}
            for each in people[:20]
        ]
        tx.execute(insert(bounces), back)
        flown = {"state": "sent", "attempts": 1, "due_at": NOW, "created_at": NOW, "settled_at": NOW, "reply": ""}
        tx.execute(insert(canaries).values(mailing_id=stalled, **flown))
        tx.execute(update(events).where(events.c.seq == 1).values(kind="nothing"))
        lost = [
            {"id": f"deliver@stroj{each}/7", "kind": "deliver", "host": f"stroj{each}", "process": 7, "troubles": [],
             "standing": Standing.WORKS, "began_at": NOW, "at": NOW - OLD}
            for each in range(8)
        ]  # fmt: skip
        tx.execute(insert(heartbeats), lost)
        record.append(tx, "backup.made", NOW - 9 * DAY)
    Pulse("run", host="jinde", process=1).beat(office.database, NOW + MINUTE, troubles=["relay"])
    Pulse("tests").beat(office.database, NOW + MINUTE, Standing.FAILING)
    alarming = Alerts(free_megabytes=10**9)
    return watched(office, alerts=alarming, canary=Canary(address="kontrola@example.org", minutes=10))


def test_every_condition_is_found_and_has_its_words(office: Office) -> None:
    with at_work(office) as current:
        broken = break_everything(office)
        memory = Memory(clocks=(NOW, 0.0))
        found: dict[str, Wrong] = {}
        for at in (NOW + MINUTE, NOW + 45 * MINUTE):
            with office.database.write() as tx:
                tx.execute(update(heartbeats).where(heartbeats.c.kind == "run").values(at=at))
                watch = Watch(tx, broken, at, memory, Pulse("tests").id, seconds=at.timestamp() * 3)
                for each in all_conditions():
                    for alarm in each.found(watch):
                        found[each.name] = Wrong(each, alarm, NOW, None)
        assert current is not None
    assert set(found) == {each.name for each in all_conditions()}
    for wrong in found.values():
        for language in ("cs", "en"):
            with speaking(language):
                parts = [wrong.words(part) for part in ("short", "what", "means", "do")]
                assert all(part and "{" not in part for part in parts)
                assert parts[0][0].islower() and not any(part[0].islower() for part in parts[1:])


def test_a_line_of_the_record_that_cannot_even_be_read_is_told_of(database: Database, office: Office) -> None:
    with at_work(office) as current:
        with database.write() as tx:
            record.append(tx, "copy.held", NOW, why="moved")
            unreadable = "'před chvílí', data = x'ff00'" if database.is_sqlite else "'infinity'"
            tx.exec_driver_sql(f"UPDATE events SET at = {unreadable} WHERE seq = 1")
        look(watched(office), current, 0)
    (told,) = notices_to(office, ADMINISTRATOR, "alert")
    assert "u řádku 1:" in told.data["whole"]


def _same(at: datetime) -> datetime:
    return at


def test_in_a_week_of_everything_broken_nobody_is_flooded(office: Office) -> None:
    with at_work(office) as current:
        broken = break_everything(office)
        for looks in range(12 * 7):
            at = NOW + 2 * looks * HOUR
            with office.database.write() as tx:
                tx.execute(update(heartbeats).where(heartbeats.c.kind == "run").values(at=at))
                if looks % 2:  # half of it comes and goes
                    tx.execute(update(occurrences).values(send_at=at + DAY))
                else:
                    tx.execute(update(occurrences).values(send_at=NOW - DAY))
            real = Clock(partial(_same, at), simulated=False)
            RaiseAlerts().do_one(replace(current, office=broken, clock=real), at)
    with office.database.read() as tx:
        rows = tx.execute(select(notices).where(notices.c.kind.startswith("alert"))).all()
    days = Counter((row.person, local_day(row.created_at)) for row in rows)
    assert set(Counter(row.person for row in rows)) == {ADMINISTRATOR, COORDINATOR}
    most = broken.settings.alerts.mails_a_day + 2
    assert most - 1 <= max(days.values()) <= most
    assert len({day for _, day in days}) == 8
    waiting = Counter(row.person for row in rows if row.state == "queued")
    assert max(waiting.values()) <= most, "none left, and the newest says it all"
    assert all("{" not in row.data["whole"] for row in rows)


def test_what_is_new_is_told_at_once_what_lasts_each_morning_and_what_is_over_no_more(office: Office) -> None:
    full = watched(office, alerts=Alerts(free_megabytes=10**9))
    with at_work(office) as current:
        look(full, current, 0, 0.5, 10, 300)
        (first,) = notices_to(office, ADMINISTRATOR, "alert", "alerts_many", "alerts_last")
        assert first.created_at == NOW
        look(full, current, *range(600, 3 * 1440, 60))
        mornings = notices_to(office, ADMINISTRATOR, "alerts_last")
        assert [local_day(each.created_at) for each in mornings] == [local_day(NOW + day * DAY) for day in (1, 2, 3)]
        look(watched(office), current, 3 * 1440 + 60, 4 * 1440, 5 * 1440)
    assert len(notices_to(office, ADMINISTRATOR, "alert", "alerts_last")) == 4
    with office.database.read() as tx:
        assert tx.execute(select(alerts)).all() == []


def test_a_restart_repeats_nothing_and_looks_that_change_nothing_write_nothing(office: Office) -> None:
    full = watched(office, alerts=Alerts(free_megabytes=10**9))
    for minutes in range(0, 10, 2):
        with at_work(office) as current:
            look(full, current, minutes)
    assert len(notices_to(office, ADMINISTRATOR, "alert")) == 1


def test_the_mail_says_what_happened_what_it_means_and_what_to_do(office: Office, relay: ScriptedRelay) -> None:
    full = watched(office, alerts=Alerts(free_megabytes=10**9))
    with at_work(full) as current:
        look(full, current, 0)
    work_at(office, NOW + MINUTE)
    (mail,) = [each for each in map(read, relay.received) if "pomoc" in each["Subject"]]
    said = words(mail)
    assert mail["Subject"] == "Hlasatel potřebuje pomoc: dochází místo na disku"
    assert "zbývá" in said and "ani nic poslat" in said and "Uvolněte místo" in said and "nejvýš 5krát za den" in said


def test_a_clock_that_went_back_a_year_keeps_nobody_in_the_dark(office: Office) -> None:
    full = watched(office, alerts=Alerts(free_megabytes=10**9))
    with at_work(office) as current:
        look(full, current, 0)
        before = NOW - 365 * DAY
        for hours in range(0, 49):
            RaiseAlerts().do_one(replace(current, office=full), before + hours * HOUR)
    assert len(notices_to(office, ADMINISTRATOR, "alerts_last")) == 2


def test_a_moved_clock_is_told_of_by_a_real_clock_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0
    monkeypatch.setattr("worker.jobs.raise_alerts.time.monotonic", lambda: seconds)
    at = NOW
    with shift(office, Clock(lambda: at, simulated=False), "tests") as current:
        for step in (0, 2, 2, 90, 2):
            at, seconds = at + step * MINUTE, seconds + 120
            RaiseAlerts().do_one(current, at)
    kinds = {row.data["short"] for row in notices_to(office, COORDINATOR, "alert")}
    assert kinds == {"hodiny počítače nejdou správně"}


def test_nothing_is_wrong_in_a_play(office: Office, tmp_path: object) -> None:
    played = Database(f"sqlite:///{tmp_path}/hra.db", Use.TRIAL)
    played.bring_up_to_date()
    full = watched(replace(office, database=played), alerts=Alerts(free_megabytes=10**9))
    with at_work(full) as current:
        look(full, current, 0, 10)
    with played.read() as tx:
        assert tx.execute(select(alerts)).all() == []
    played.close()


def test_a_disk_that_takes_nothing_ends_no_shift(office: Office, url: str, caplog: pytest.LogCaptureFixture) -> None:
    with at_work(office) as current:
        locked = Database(url, Use.LOOK)
        blind = replace(current, office=replace(watched(office, alerts=Alerts(free_megabytes=10**9)), database=locked))
        assert (Beat().do_one(blind, NOW), RaiseAlerts().do_one(blind, NOW)) == (False, False)
        locked.close()
    assert ["cannot be written" in each for each in caplog.messages] == [True, True]


def test_a_mailing_that_moves_is_not_stalled(office: Office) -> None:
    number = begin(office, 3)
    memory = Memory()
    stalled = next(each for each in all_conditions() if each.name == "mailing_stalled")

    def seen(minutes: int) -> list[str]:
        with office.database.read() as tx:
            watch = Watch(tx, office, NOW + minutes * MINUTE, memory, "")
            return [alarm.about for alarm in stalled.found(watch)]

    assert (seen(0), seen(29), seen(31)) == ([], [], [str(number)])
    with office.database.write() as tx:
        tx.execute(update(mailings).values(state="paused"))
    assert seen(32) == [], "that has a mail of its own"


def test_what_was_noted_by_a_clock_that_was_ahead_hides_nothing(office: Office) -> None:
    number, memory = begin(office, 3), Memory()
    by_name = {each.name: each for each in all_conditions()}
    with office.database.write() as tx:
        record.append(tx, "backup.made", NOW + 1000 * DAY)

    def seen(name: str, at: datetime) -> list[str]:
        with office.database.read() as tx:
            return [alarm.about for alarm in by_name[name].found(Watch(tx, office, at, memory, ""))]

    assert seen("backup_old", NOW) == [""]
    stalls = [seen("mailing_stalled", NOW + each) for each in (1000 * DAY, timedelta(), 31 * MINUTE)]
    assert stalls == [[], [], [str(number)]]
