"""Late, missed, interrupted: each ends in one stated way, which `status` and `why` show and one mail tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import ASKED, SEND, approve, asked, occurrence, read, state, token, words, work_at
from tests.store.sample import NEWSLETTER, PRESS, add_people, address
from worker.approval import decide
from worker.approval.cases import LinkExpired
from worker.approval.decide import Choice
from worker.office import Office
from worker.record import events
from worker.record.status import status
from worker.record.why import story
from worker.store import tables

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
APPROVER = "tiskovy-mluvci"
MEETING = "verejne-setkani/2026-11"
PACT = "pakt-zamestnanosti/2026"


def to_coordinator(office: Office, relay: ScriptedRelay, about: str) -> list[EmailMessage]:
    """The mails the coordinator got about an occurrence, oldest first."""
    coordinator = office.person(office.settings.coordinator).email
    mails = [read(each) for each in relay.received_by(coordinator)]
    return [mail for mail in mails if mail["Hlasatel-Occurrence"] == about]


def subjects(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["Subject"]).split(":")[0] for mail in mails]


def waits(office: Office, now: datetime) -> dict[str, str]:
    """What `status` says waits for a person: occurrence → state."""
    with office.database.read() as tx:
        return {row["id"]: row["state"] for row in status(tx, now)["needs_a_person"]}


def why(office: Office, about: str = PRESS) -> str:
    with office.database.read() as tx:
        told = story(tx, office, about, SEND)
    assert told is not None
    return "\n".join(told).replace("\N{NO-BREAK SPACE}", " ")


def sent_to(relay: ScriptedRelay, number: int = 1) -> int:
    return len(relay.received_by(address(number)))


@pytest.fixture
def reader(office: Office) -> None:
    """Somebody on the list of the press release."""
    with office.database.write() as tx:
        add_people(tx, "media", [1])


def test_a_first_start_long_after_the_plan_began_leaves_the_past_alone(office: Office, relay: ScriptedRelay) -> None:
    start = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    work_at(office, start)
    work_at(office, start + MINUTE)
    for past in ("tiskova-zprava/2024-09", "newsletter/2025", "verejne-setkani/2024-11"):
        assert state(office, past) == "historical"
        assert "z doby před spuštěním" in why(office, past)
        assert to_coordinator(office, relay, past) == []
    assert not any(name.endswith(("/2024", "/2025")) for name in waits(office, start))
    assert state(office, PRESS) == "planned", "its time is still to come"
    assert to_coordinator(office, relay, PRESS) == []


def test_a_first_start_in_an_open_window_asks_once_whether_it_was_done(office: Office, relay: ScriptedRelay) -> None:
    start = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    for hours in (0, 1, 24):
        work_at(office, start + hours * HOUR)
    row = occurrence(office, MEETING)
    assert (row.state, row.send_at) == ("planned", datetime(2026, 11, 30, 9, 0, tzinfo=UTC))
    assert subjects(to_coordinator(office, relay, MEETING)) == ["Už se to stalo? Veřejné setkání, listopad 2026"]
    assert "Předpokládaný den už při prvním spuštění minul" in why(office, MEETING)
    with office.database.read() as tx:
        coming = {each["id"]: each["send_at"] for each in status(tx, start)["coming"]}
    assert coming[MEETING] == "2026-11-30T10:00:00+01:00"


def test_a_first_start_with_nothing_left_of_the_window_writes_one_mail(office: Office, relay: ScriptedRelay) -> None:
    start = datetime(2026, 12, 31, 12, 30, tzinfo=UTC)
    for hours in (0, 1, 24):
        work_at(office, start + hours * HOUR)
    assert state(office) == "missed"
    mails = to_coordinator(office, relay, PRESS)
    assert subjects(mails) == ["Už se to stalo? Čas v období vypršel"]
    assert f"hlasatel occurrence done {PRESS}" in words(mails[0])
    assert waits(office, start)[PRESS] == "missed"
    assert "Zmeškáno; do té doby: v plánu" in why(office)


def test_a_task_with_nothing_left_of_its_window_writes_one_mail_too(office: Office, relay: ScriptedRelay) -> None:
    start = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
    for hours in (0, 1, 24):
        work_at(office, start + hours * HOUR)
    assert state(office, MEETING) == "missed"
    assert subjects(to_coordinator(office, relay, MEETING)) == ["Už se to stalo? Čas v období vypršel"]
    assert waits(office, start)[MEETING] == "missed"


def hurried(office: Office, folder: Path) -> Office:
    """The same office with a plan that asks a working day before, so that the asking fits into three days."""
    plan = office.settings.plan.read_text(encoding="utf-8")
    for long, brief in (("7 pracovních dní", "2 pracovní dny"), ("5 pracovních dní", "1 pracovní den")):
        assert long in plan
        plan = plan.replace(long, brief, 1)
    path = folder / "schedules.yaml"
    path.write_text(plan, encoding="utf-8")
    return replace(office, settings=replace(office.settings, plan=path))


def test_a_task_mailed_late_is_asked_for_by_its_deadline(office: Office, relay: ScriptedRelay) -> None:
    work_at(office, SEND - 20 * DAY)
    assert state(office, PACT) == "planned"
    work_at(office, SEND + DAY)
    (mail,) = to_coordinator(office, relay, PACT)
    assert str(mail["Subject"]).startswith("Prosba do 15. 12. 10:00:")
    assert "Hotovo má být co nejdřív, nejpozději do 10:00 v úterý 15. prosince 2026" in words(mail)


DOWN = SEND - 2 * DAY
"""A Sunday noon; up again on Wednesday."""
UP = DOWN + 3 * DAY


@pytest.mark.usefixtures("reader")
def test_down_across_the_send_time_before_anybody_was_asked(
    office: Office, relay: ScriptedRelay, tmp_path: Path
) -> None:
    office = hurried(office, tmp_path)
    work_at(office, DOWN)
    assert state(office) == "preparing"
    _is_missed(office, relay, "připravuje se", "nikdo nedostal ke schválení")
    assert not any("Tisková zpráva" in str(read(each)["Subject"]) for each in relay.received_by(_approver(office)))


@pytest.mark.usefixtures("reader")
def test_down_across_the_send_time_before_it_was_drafted(office: Office, relay: ScriptedRelay, tmp_path: Path) -> None:
    office = hurried(office, tmp_path)
    work_at(office, DOWN - 7 * DAY)
    assert state(office) == "planned"
    _is_missed(office, relay, "v plánu", "nevznikl návrh")


@pytest.mark.usefixtures("reader")
def test_what_has_no_draft_at_its_send_time_is_missed_at_once(office: Office, relay: ScriptedRelay) -> None:
    work_at(office, SEND - 14 * DAY)
    assert state(office) == "planned"
    work_at(office, SEND + MINUTE)
    assert state(office) == "missed", "nothing can come of it any more, and nobody is told before the deadline"
    (mail,) = to_coordinator(office, relay, PRESS)
    assert "Do 10:00 v úterý 8. prosince 2026 (SEČ) k tomu nevznikl návrh" in words(mail)


@pytest.mark.usefixtures("already_asked")
@pytest.mark.usefixtures("reader")
def test_down_across_the_send_time_after_the_asking(office: Office, relay: ScriptedRelay) -> None:
    asked(office)
    _is_missed(office, relay, "čeká na vyjádření", "nikdo nerozhodl")


@pytest.mark.usefixtures("already_asked")
@pytest.mark.usefixtures("reader")
def test_down_across_the_send_time_while_it_is_reworked(office: Office, relay: ScriptedRelay) -> None:
    decide.decide(office, asked(office), Choice.RETURN, "kratší", ASKED)
    _is_missed(office, relay, "vráceno k přepracování", "nikdo nepředložil přepracovanou verzi")


@pytest.mark.usefixtures("already_asked")
@pytest.mark.usefixtures("reader")
def test_down_across_the_send_time_after_the_approval(office: Office, relay: ScriptedRelay) -> None:
    approve(office, asked(office))
    _is_missed(office, relay, "schváleno", "Schválené to bylo")


def _is_missed(office: Office, relay: ScriptedRelay, was: str, reason: str) -> None:
    before = len(to_coordinator(office, relay, PRESS))
    for hours in (0, 1, 24):
        work_at(office, UP + hours * HOUR)
    assert (state(office), sent_to(relay)) == ("missed", 0)
    mails = [mail for mail in to_coordinator(office, relay, PRESS)[before:] if not _tells_of_a_decision(mail)]
    assert subjects(mails) == ["Zmeškáno"]
    assert reason in words(mails[0])
    assert f"Zmeškáno; do té doby: {was}." in why(office)
    assert waits(office, UP)[PRESS] == "missed"


def _tells_of_a_decision(mail: EmailMessage) -> bool:
    return str(mail["Subject"]).startswith(("Vráceno", "Schváleno"))


def _approver(office: Office) -> str:
    return office.person(APPROVER).email


@pytest.mark.usefixtures("already_asked")
@pytest.mark.usefixtures("reader")
def test_back_before_the_deadline_what_was_approved_is_sent_late(office: Office, relay: ScriptedRelay) -> None:
    approve(office, asked(office))
    for minutes in (60, 61, 300):
        work_at(office, SEND + minutes * MINUTE)
    assert (state(office), sent_to(relay)) == ("done", 1)
    assert subjects(to_coordinator(office, relay, PRESS)) == ["Schváleno"]
    assert PRESS not in waits(office, SEND + HOUR)


@pytest.mark.usefixtures("already_asked")
@pytest.mark.usefixtures("reader")
def test_an_approval_an_hour_after_the_send_time_sends_at_once(office: Office, relay: ScriptedRelay) -> None:
    link = asked(office)
    work_at(office, SEND)
    assert waits(office, SEND)[PRESS] == "asked"
    assert sent_to(relay) == 0
    approve(office, link, SEND + HOUR)
    for minutes in (61, 62, 300):
        work_at(office, SEND + minutes * MINUTE)
    assert (state(office), sent_to(relay)) == ("done", 1)
    assert subjects(to_coordinator(office, relay, PRESS)) == ["Neodesláno, chybí schválení", "Schváleno"]
    told = why(office)
    assert told.index("V čase odeslání chybělo schválení") < told.index("schvaluje") < told.index("začíná rozesílka")
    assert PRESS not in waits(office, SEND + 2 * HOUR)


@pytest.mark.usefixtures("already_asked")
@pytest.mark.usefixtures("reader")
def test_an_approval_after_the_deadline_is_refused_and_a_person_chooses(office: Office, relay: ScriptedRelay) -> None:
    link = asked(office)
    after = SEND + 2 * HOUR + MINUTE
    with pytest.raises(LinkExpired):  # before the worker has noticed
        approve(office, link, after)
    for minutes in (0, 1, 300):
        work_at(office, after + minutes * MINUTE)
    with pytest.raises(LinkExpired):  # and after
        approve(office, link, after + HOUR)
    assert (state(office), sent_to(relay)) == ("missed", 0)
    assert subjects(to_coordinator(office, relay, PRESS)) == ["Zmeškáno"]
    assert waits(office, after)[PRESS] == "missed"
    assert "Zmeškáno; do té doby: čeká na vyjádření." in why(office)


@pytest.mark.usefixtures("already_asked")
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
@pytest.mark.usefixtures("reader")
def test_never_approved_it_is_told_of_step_by_step_and_never_sent(office: Office, relay: ScriptedRelay) -> None:
    asked(office)
    now = ASKED
    while now < SEND + 3 * DAY:
        work_at(office, now)
        now += 3 * HOUR
    assert (state(office), sent_to(relay)) == ("missed", 0)
    told = ["Zatím neschváleno", "Neodesláno, chybí schválení", "Zmeškáno"]
    assert subjects(to_coordinator(office, relay, PRESS)) == told
    assert "nikdo nerozhodl" in words(to_coordinator(office, relay, PRESS)[-1])
    story_told = why(office)
    steps = ("Připomenuto", "dostává zástup", "Odeslání se blíží", "chybělo schválení", "Zmeškáno")
    places = [story_told.index(step) for step in steps]
    assert places == sorted(places)
    assert waits(office, now) == {PRESS: "missed", NEWSLETTER: "missed"} | {
        name: found for name, found in waits(office, now).items() if name not in (PRESS, NEWSLETTER)
    }


@pytest.mark.usefixtures("already_asked")
@pytest.mark.usefixtures("reader")
def test_the_clock_put_back_by_a_day_repeats_nothing_and_stops_nothing(office: Office, relay: ScriptedRelay) -> None:
    approve(office, asked(office))
    work_at(office, SEND)
    assert (state(office), sent_to(relay)) == ("done", 1)
    before = len(relay.received)
    for back in (SEND - DAY, SEND - DAY + HOUR, ASKED, SEND):
        work_at(office, back)
    assert len(relay.received) == before + 0, "no mail goes out twice"
    approve(office, token(office, APPROVER, NEWSLETTER), SEND - DAY)
    with office.database.read() as tx:
        assert events.first_broken(tx) is None
        found = tx.execute(select(tables.events.c.seq, tables.events.c.at).order_by(tables.events.c.seq)).all()
    assert [row.at for row in found] != sorted(row.at for row in found), "its times do not rise"
    told = why(office, NEWSLETTER)
    assert told.index("předložena ke schválení") < told.index("schvaluje"), "the order is that of the numbers"
    assert waits(office, SEND - DAY) == waits(office, SEND)
