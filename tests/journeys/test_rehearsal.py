"""What a coordinator sees of an edit before saving it: the real jobs at every instant, and nothing left behind."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from tests.fixtures.office import PROJECT
from tests.fixtures.office import Office as Desk
from worker.audience.importing.taking import import_file
from worker.audience.leaving.leave import Leaving, leave
from worker.channels.email import Sink
from worker.cli.wiring import office_to_look_at, open_office
from worker.clock import shift
from worker.errors import HlasatelError
from worker.forms import made
from worker.jobs import work
from worker.messages import say
from worker.office import Office
from worker.planning.on_file import OnFile, read_on_file
from worker.rehearsal.account import Account, Step, summary
from worker.rehearsal.people import Manner, an_hour_of_work_later
from worker.rehearsal.play import play
from worker.rehearsal.sizes import NOBODY, read_sizes
from worker.rehearsal.stage import stage
from worker.store.tables import recipients
from worker.times import Clock, local_day, local_instant, parse_instant

PRESS, NEWSLETTER = "tiskova-zprava/2026-12", "newsletter/2026"
START, END = parse_instant("2026-11-21"), parse_instant("2027-01-01")
SENT = parse_instant("2026-12-09")
"""By then both have gone out, or are missed; what a test does not look at need not be played."""
A_REAL_RELAY = "smtp://user:secret@192.0.2.1:25"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The shipped plan and configuration with a relay far away and no database yet."""
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("HLASATEL_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HLASATEL_SMTP_URL", A_REAL_RELAY)
    return office_to_look_at()


Year = Callable[[Manner], tuple[Step, ...]]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The region's plan with three people in the media, once for each manner: all of 2026 where all goes well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setenv("HLASATEL_DATA", str(tmp_path_factory.mktemp("office") / "data"))
        put_on_list("media-regionalni", "dana", "emil")
        put_on_list("media-celostatni", "filip", "dana")
        office = office_to_look_at()

        @cache
        def play_the_year(manner: Manner) -> tuple[Step, ...]:
            start = parse_instant("2026-01-01") if manner is Manner.ALWAYS else parse_instant("2026-11-01")
            return rehearse(office, manner, start, END)

        yield play_the_year


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A copy of the shipped plan, its configuration beside it, that a test may edit."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    return Path(shutil.copy(PROJECT / "schedules.yaml", tmp_path))


def script_of(office: Office) -> OnFile:
    return read_on_file(office.settings.plan, office.settings.config)


def rehearse(
    office: Office, manner: Manner = Manner.ALWAYS, start: datetime = START, end: datetime = END
) -> tuple[Step, ...]:
    script = script_of(office)
    return play(office, script, start, end, manner, stopping=Event(), progress=lambda _: None).steps


def put_on_list(list_id: str, *names: str) -> None:
    """People on a list of the office's own database, by the import that an office uses."""
    office = open_office()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        file.write_text("address,name\n" + "".join(f"{each}@noviny.example.org,{each}\n" for each in names))
        import_file(office, list_id, file, START)
    office.database.close()


def told(steps: tuple[Step, ...], occurrence: str) -> list[tuple[str, str, str, int | None]]:
    """Local time, event, who or whom, and how many of each step of one occurrence."""
    return [
        (
            step.as_json()["at"].removeprefix("2026-")[:11],
            step.event,
            " ".join((*step.people, *step.lists, *step.kinds)),
            step.count,
        )
        for step in steps
        if step.occurrence == occurrence
    ]


NAMED = (
    "vybor-socialnich-veci vybor-vzdelavani-zamestnanost vybor-zdravotnictvi komise-mensiny-zaclenovani"
    " komise-protidrogova ps-prevence-kriminality rsk-ps-socialni-zaclenovani rsk-ps-vzdelavani pakt-skupina-vzdelavani"
)
CALLED = [("11-16T16:00", "called", NAMED, None), ("11-24T10:00", "reminded", NAMED, None)]
DRAFTED = ("11-27T10:00", "drafted", "press-release facebook-text", None)
ASKED = ("12-01T10:00", "asked", "tiskovy-mluvci media", 3)
REMINDED = [
    ("12-04T10:00", "reminded", "tiskovy-mluvci", None),
    ("12-07T10:00", "deputy_asked", "zastupce-mluvciho media", 3),
    ("12-07T16:00", "escalated", "koordinator", None),
    ("12-08T10:00", "told", "koordinator", None),
]


def test_approved_at_once(year: Year) -> None:
    assert told(year(Manner.ALWAYS), PRESS) == [
        *CALLED,
        DRAFTED,
        ASKED,
        ("12-01T11:00", "approved", "tiskovy-mluvci", None),
        ("12-08T10:00", "published", "", None),
        ("12-08T10:00", "handed_over", "spravce-facebooku", None),
        ("12-08T10:00", "sent", "media press-release", 3),
        ("12-08T11:00", "published", "spravce-facebooku", None),
        ("12-08T11:00", "published", "spravce-facebooku", None),
    ]


def test_never_approved(year: Year) -> None:
    steps = year(Manner.NEVER)
    assert told(steps, PRESS) == [
        *CALLED,
        DRAFTED,
        ASKED,
        *REMINDED,
        ("12-08T12:00", "missed", "", None),
        ("12-08T12:00", "told", "koordinator", None),
        ("12-08T12:00", "told", "tiskovy-mluvci zastupce-mluvciho", None),
    ]
    assert not {"approved", "sent", "confirmed"} & {step.event for step in steps}


@pytest.mark.long
def test_approved_an_hour_late(year: Year) -> None:
    assert told(year(Manner.LATE), PRESS) == [
        *CALLED,
        DRAFTED,
        ASKED,
        *REMINDED,
        ("12-08T11:00", "approved", "tiskovy-mluvci", None),
        ("12-08T11:00", "published", "", None),
        ("12-08T11:00", "handed_over", "spravce-facebooku", None),
        ("12-08T11:00", "sent", "media press-release", 3),
        ("12-08T12:00", "published", "spravce-facebooku", None),
        ("12-08T12:00", "published", "spravce-facebooku", None),
    ]


@pytest.mark.parametrize(
    ("manner", "confirmed"),
    [
        (Manner.ALWAYS, "11-10T10:00"),
        (Manner.NEVER, None),
        pytest.param(Manner.LATE, "11-10T11:00", marks=pytest.mark.long),
    ],
)
def test_tasks_are_confirmed_on_their_day_or_late_or_never(year: Year, manner: Manner, confirmed: str | None) -> None:
    steps = told(year(manner), "verejne-setkani/2026-11")
    assert [at for at, event, *_ in steps if event == "confirmed"] == ([confirmed] if confirmed else [])
    assert ("missed" in [event for _, event, *_ in steps]) is (confirmed is None)


def test_a_year_has_no_fault_of_its_own(year: Year) -> None:
    counts = summary(year(Manner.ALWAYS))
    assert not {"draft_failed", "mail_failed", "paused", "refused", "missed"} & counts.keys()
    assert counts["drafted"] == counts["asked"] == counts["approved"] > 0
    assert counts["task_given"] == counts["confirmed"] > 0
    late = say("why.notice_handoff_late"), say("why.notice_handoff_reminder")
    assert [step for step in year(Manner.ALWAYS) if step.note in late] == [], "whoever is handed a text tells of it"


@pytest.mark.long
def test_zero_is_said_aloud_and_no_connection_opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample addresses with a relay far away do not matter either."""

    def refuse(*_: object) -> None:
        raise AssertionError("a rehearsal opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    steps = rehearse(office, end=SENT)
    sent = [step for step in steps if step.event == "sent"]
    assert {step.occurrence: step.count for step in sent} == {PRESS: 0, NEWSLETTER: 0}
    notes = [step.note for step in steps if step.event == "told" and step.occurrence == PRESS]
    assert notes == ["seznam je prázdný"]


def test_an_election_near_the_send_day_is_told(office: Office) -> None:
    steps = rehearse(office, start=parse_instant("2024-09-01"), end=parse_instant("2024-09-04"))
    asked = next(step for step in steps if step.event == "asked")
    assert "Volby do zastupitelstev krajů" in asked.note


@pytest.mark.long
def test_who_has_left_is_not_counted_and_office_and_machine_are_left_as_they_were(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_list("media", "dana")
    own = open_office()
    with own.database.write() as tx:
        person = tx.execute(select(recipients.c.id)).scalar_one()
        leave(tx, own, Leaving(0, person, NEWSLETTER, ("vsichni",)), START)
    own.database.close()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    def everything() -> dict[str, tuple[int, bytes]]:
        files = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
        return {str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}

    before = everything()
    sent = {step.occurrence: step.count for step in rehearse(office, end=SENT) if step.event == "sent"}
    assert sent == {PRESS: 1, NEWSLETTER: 0}
    assert everything() == before
    assert list(scratch.iterdir()) == []


def tick(office: Office, start: datetime, end: datetime, every: timedelta) -> list[Step]:
    """The same by rounds at regular intervals instead of jumps, with nobody who answers."""
    script = script_of(office)
    sizes = read_sizes(office, script.plan, start) or NOBODY
    now = start
    clock = Clock(lambda: now, simulated=True)
    with stage(office, script.content, sizes, start) as played, shift(played, clock, "tests", sink=Sink()) as current:
        account = Account(played, sizes)
        while now < end:
            work(current)
            account.catch_up()
            now += every
    return account.steps


@pytest.mark.long
def test_jumping_misses_nothing_that_ticking_sees(office: Office) -> None:
    """Every hour from the asking to the last deadline, against the jumps of the rehearsal."""
    put_on_list("media", "dana")
    start, end, hour = parse_instant("2026-12-01"), parse_instant("2026-12-10"), timedelta(hours=1)
    ticked, jumped = tick(office, start, end, hour), rehearse(office, Manner.NEVER, start, end)
    assert [(step.event, step.occurrence, step.people) for step in ticked] == [
        (step.event, step.occurrence, step.people) for step in jumped
    ]
    assert all(sooner.at <= later.at < sooner.at + hour for sooner, later in zip(jumped, ticked, strict=True))


CALENDAR = """
plan: {title: Malý plán, from: 2026-07-01, to: 2027-06-30}
activities:
  - {id: zasedani, periodicity: dle plánu zasedání, dates: [], activity: Zasedání, place: 1, in_charge: koordinator}
  - {id: dotazy, periodicity: průběžně, watch: 1x za čtvrtletí, activity: Dotazy, place: 2, in_charge: koordinator}
  - {id: site, periodicity: průběžně, watch: 2x za týden, activity: Sítě, place: 3, in_charge: koordinator}
"""


@pytest.mark.long
def test_jumping_keeps_the_calendar(office: Office, edited: Path) -> None:
    """January's reminder, questions about what goes on all the time and their end, the end of the plan: by days."""
    edited.write_text(CALENDAR, encoding="utf-8")
    small = office_to_look_at(edited)
    start, end = parse_instant("2026-11-10T08:00"), parse_instant("2027-02-10")

    def by_days(steps: Iterable[Step]) -> list[tuple[object, ...]]:
        return sorted((local_day(step.at), step.event, str(step.occurrence), step.people, step.note) for step in steps)

    jumped = rehearse(small, Manner.NEVER, start, end)
    assert by_days(jumped) == by_days(tick(small, start, end, timedelta(days=1)))
    counts = summary(jumped)
    assert counts["recalled"] > counts["dropped"] > 10
    assert {step.as_json()["at"] for step in jumped if step.occurrence is None and step.event == "told"} == {
        "2026-12-30T08:00:00+01:00",
        "2027-01-04T08:00:00+01:00",
    }


@pytest.mark.long
def test_two_rehearsals_are_alike_and_make_no_files(office: Office) -> None:
    before = made.cache_info()
    end = parse_instant("2026-12-10")
    assert rehearse(office, Manner.LATE, START, end) == rehearse(office, Manner.LATE, START, end)
    assert made.cache_info() == before


def test_nobody_s_data_is_copied(office: Office) -> None:
    put_on_list("media-regionalni", "dana", "emil")
    script = script_of(office)
    sizes = read_sizes(office, script.plan, START)
    assert sizes is not None
    with stage(office, script.content, sizes, START) as played, played.database.read() as tx:
        assert list(tx.execute(select(recipients.c.address)).scalars()) == ["media-regionalni@example.org"]


def test_asked_to_stop_it_ends_with_a_sentence(office: Office) -> None:
    stopping = Event()
    stopping.set()
    with pytest.raises(HlasatelError, match="přerušena"):
        play(office, script_of(office), START, END, Manner.ALWAYS, stopping=stopping, progress=lambda _: None)


@pytest.mark.long
def test_an_edit_that_a_late_approval_does_not_survive(office: Office, edited: Path) -> None:
    _edit(edited, "- id: tiskova-zprava\n", "- id: tiskova-zprava\n    max_lateness: 30 minut\n")
    steps = [step for step in rehearse(office_to_look_at(edited), Manner.LATE) if step.occurrence == PRESS]
    assert [(step.event, step.at) for step in steps if step.event in ("missed", "sent", "refused")] == [
        ("missed", parse_instant("2026-12-08T10:30:01")),
        ("refused", parse_instant("2026-12-08T11:00")),
    ]
    assert "prošl" in steps[-1].note or "skončil" in steps[-1].note


@pytest.mark.long
def test_an_edit_that_no_draft_can_be_made_of(office: Office, edited: Path) -> None:
    _edit(edited, "activity: Články v krajském periodiku", 'activity: "Články @@greeting@@ v krajském periodiku')
    _edit(edited, "@@ v krajském periodiku (magazín)", '@@ v krajském periodiku (magazín)"')
    steps = rehearse(office_to_look_at(edited), end=SENT)
    reasons = {step.occurrence: step.note for step in steps if step.event == "draft_failed"}
    assert "značka vyhrazená" in reasons[PRESS]
    assert [step.event for step in steps if step.occurrence == PRESS][-2:] == ["missed", "told"]


@pytest.mark.long
def test_a_text_that_waits_for_a_persons_words_gets_them_before_it_is_approved(office: Office, edited: Path) -> None:
    conference = "in_charge: tiskovy-mluvci\n    contributors: [koordinator]\n    dates: []"
    _edit(edited, conference, conference.replace("[]", "[2026-12-16]"))
    start, end = parse_instant("2026-12-01"), parse_instant("2026-12-10")
    steps = [
        step
        for step in rehearse(office_to_look_at(edited), Manner.ALWAYS, start, end)
        if step.occurrence == "pozvanka-tiskova-konference/2026-12-16"
    ]
    events = ["called", "drafted", "told", "asked", "completed", "approved", "published", "sent", "told"]
    assert [step.event for step in steps] == events
    assert "„Téma“" in steps[1].note and "„Den konání" not in steps[1].note
    assert steps[-2].kinds == ("press-conference-invitation",)


@pytest.mark.long
def test_an_edit_made_while_it_plays_changes_nothing(office: Office, edited: Path) -> None:
    own = office_to_look_at(edited)
    script = script_of(own)
    edited.write_text("activities: [", encoding="utf-8")
    steps = play(own, script, START, SENT, Manner.ALWAYS, stopping=Event(), progress=lambda _: None).steps
    assert any(step.event == "sent" for step in steps)


@pytest.mark.parametrize(
    "example",
    [
        "strakonice",
        pytest.param("liberec-city", marks=pytest.mark.long),
        pytest.param("pracovni-skupina", marks=pytest.mark.long),
    ],
)
def test_an_example_of_the_past_is_played_from_its_first_day(office: Office, example: str) -> None:
    own = office_to_look_at(PROJECT / "examples" / example / "schedules.yaml")
    start = local_instant(script_of(own).plan.window.start, time())
    counts = summary(rehearse(own, Manner.ALWAYS, start, start + timedelta(days=120)))
    assert not {"draft_failed", "mail_failed", "paused", "refused"} & counts.keys()
    assert counts["task_given"] > 0
    assert counts["approved"] == counts["asked"]


def _edit(plan: Path, old: str, new: str) -> None:
    text = plan.read_text(encoding="utf-8")
    assert text.count(old) == 1
    plan.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "decided"),
    [
        ("2026-12-01T10:00", "2026-12-01T11:00"),
        ("2026-12-01T16:00", "2026-12-02T08:00"),
        ("2026-12-04T15:30", "2026-12-07T08:00"),  # a Friday
        ("2026-12-23T16:00", "2026-12-28T08:00"),  # Christmas, then a week-end
        ("2026-12-02T03:00", "2026-12-02T08:00"),
    ],
)
def test_people_decide_in_working_hours(asked: str, decided: str) -> None:
    assert an_hour_of_work_later(parse_instant(asked)) == parse_instant(decided)


def test_the_command_prints_months_and_a_summary(sqlite_office: Desk) -> None:
    sqlite_office.import_people("media", ["dana@noviny.example.org"])
    out = sqlite_office.run("rehearse", "--from", "2026-11-21", "--to", "2026-12-31")
    months = [line.strip() for line in out.splitlines() if line.strip() in ("listopad 2026", "prosinec 2026")]
    assert months == ["listopad 2026", "prosinec 2026"]
    line = next(line for line in out.splitlines() if "odesláno: Tisková zpráva" in line)
    assert line.split() == ["út", "8.", "12.", "10:00", PRESS, "odesláno:", "Tisková", "zpráva", "Média", "1"]
    drafted = sum("připraven návrh" in line for line in out.splitlines())
    assert drafted > 1
    assert f"návrhů {drafted}," in out.splitlines()[-1]
    assert sqlite_office.mailbox.mails() == []


@pytest.mark.long
def test_the_command_speaks_json_and_english(sqlite_office: Desk) -> None:
    span = ("rehearse", "--from", "2026-12-01", "--to", "2026-12-08", "--approve", "never")
    found = json.loads(sqlite_office.run(*span, "--format", "json"))
    assert {tuple(step) for step in found} == {
        ("at", "occurrence", "event", "people", "lists", "count", "kinds", "note")
    }
    asked = next(step for step in found if step["event"] == "asked" and step["occurrence"] == PRESS)
    assert asked == {
        "at": "2026-12-01T10:00:00+01:00", "occurrence": PRESS, "event": "asked", "people": ["tiskovy-mluvci"],
        "lists": ["media"], "count": 0, "kinds": [], "note": "",
    }  # fmt: skip
    english = sqlite_office.run(*span, HLASATEL_LANG="en", COLUMNS="80")
    assert "Nobody approves anything" in english
    assert max(len(line) for line in english.splitlines()[3:-1]) <= 80


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--from", "včera"), 2, "včera"),
        (("--from", "2027-02-01", "--to", "2027-01-01"), 2, "--to"),
        (("--approve", "maybe"), 2, "always"),
        (("--from", "2028-01-01"), 1, "--from 2024-01-01"),
        (("missing.yaml",), 1, "missing.yaml:1:1"),
    ],
)
def test_what_cannot_be_played_is_refused(
    sqlite_office: Desk, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    process = sqlite_office.start("rehearse", *arguments)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert sentence in err
    assert "Traceback" not in err


def test_every_fault_of_plan_and_configuration_is_named_where_it_stands(office: Office, edited: Path) -> None:
    _edit(edited, "when: září, prosinec", "when: zaří, prosinec")
    (edited.parent / "config" / "lists.yaml").write_text("media: {}\n", encoding="utf-8")
    with pytest.raises(HlasatelError) as refused:
        read_on_file(edited, edited.parent / "config")
    assert f"{edited}:" in str(refused.value)
    assert "lists.yaml:" in str(refused.value)


def test_a_newer_database_is_refused(office: Office) -> None:
    own = open_office()
    with own.database.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    own.database.close()
    with pytest.raises(HlasatelError, match="9999"):
        rehearse(office)


def test_no_database_counts_nobody(office: Office) -> None:
    assert read_sizes(office, script_of(office).plan, START) is None
    assert NOBODY.of(["media"]) == 0
