"""Contributions: called for, reminded once, sent by a link, chosen by the coordinator, and nothing waits for them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import hold, read, recorded, state, words, work_at
from tests.store.planned import put, with_file
from worker.approval.cases import LinkExpired, NoSuchLink, NotNow, Unfinished
from worker.approval.consents import withdraw
from worker.archive import kit
from worker.contributions import giving
from worker.contributions.choosing import LONGEST_NOTE, choose, close
from worker.contributions.giving import MOST, Words
from worker.contributions.photo import Photo
from worker.dossier.page import dossier
from worker.office import Office
from worker.record import consents, contributions, events
from worker.record.consents import GivenBy
from worker.record.contributions import Chosen, People, Sent
from worker.store import tables
from worker.store.states import OccurrenceState

ROW = """\
id: zprava
activity: Tisková zpráva
place: řádek 1
dates: [8. 12. 2026]
kinds: [press-release]
lists: [media]
approvers: [tiskovy-mluvci]
contributors: [komise-protidrogova, asz]
"""
TASK = """\
id: setkani
activity: Veřejné setkání
place: řádek 2
dates: [9. 12. 2026]
contributors: [asz]
"""
ID, MEETING = "zprava/2026-12-08", "setkani/2026-12-09"
BEGUN = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
REMINDED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DRAFTED = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
SEND = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
COMMISSION, AGENCY = "komise-protidrogova", "asz"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference
PLAIN = Words("", "Otevřeli jsme poradnu.", People.NOBODY, "", "", None, "", "")
OF_A_CHILD = replace(
    PLAIN, text="Pomohli jsme.", people=People.CONSENT, consent_of="Jan Vzorný", consent_by="guardian",
    until=date(2027, 12, 31),
)  # fmt: skip


@pytest.fixture
def called(office: Office, tmp_path: Path) -> Office:
    """An office whose press release and meeting ask for contributions."""
    called = with_file(office, tmp_path / "schedules.yaml", ROW, TASK)
    work_at(called, BEGUN)
    return called


def mails(office: Office, relay: ScriptedRelay, person: str) -> list[EmailMessage]:
    return [read(each) for each in relay.received_by(office.person(person).email)]


def link(office: Office, relay: ScriptedRelay, person: str, about: str = ID) -> str:
    for mail in mails(office, relay, person):
        if mail["Hlasatel-Occurrence"] == about and (found := re.search(r"/prispevek/(\S+)", words(mail))):
            return found[1]
    raise AssertionError(f"{person} was not called for {about}")


def sent(office: Office, about: str = ID) -> tuple[Sent, ...]:
    with office.database.read() as tx:
        return contributions.of_occurrence(tx, about)


def pick(office: Office, number: int, chosen: Chosen, note: str = "", seen: int = 0, at: datetime = BEGUN) -> None:
    choose(office, number, chosen, note, at, person="koordinator", seen=seen)


def test_those_the_row_names_are_called_once_and_nothing_waits(called: Office, relay: ScriptedRelay) -> None:
    (mail,) = mails(called, relay, COMMISSION)
    assert mail["Subject"] == "Prosba o podklady do 27. 11. 10:00: Tisková zpráva, 8. 12. 2026"
    assert mail["Hlasatel-Occurrence"] == ID
    assert "koordinator@" in mail["Reply-To"]
    assert "prosíme o příspěvek do 10:00 v pátek 27. listopadu 2026 (SEČ)" in words(mail)
    assert re.search(r"http://127.0.0.1:8080/prispevek/[\w-]{43} ", words(mail))
    assert {each["Hlasatel-Occurrence"] for each in mails(called, relay, AGENCY)} == {ID, MEETING}, "a task calls too"
    work_at(called, BEGUN + MINUTE)
    assert len(mails(called, relay, COMMISSION)) == 1
    work_at(called, DRAFTED)
    assert state(called, ID) == "preparing", "nobody answered, and the text is drafted all the same"


def test_those_of_an_upgraded_database_are_called_without_an_edit_of_the_plan(
    called: Office, relay: ScriptedRelay
) -> None:
    """As migration 0005 leaves rows that were taken up before it: naming nobody."""
    row = tables.occurrences
    with called.database.write() as tx:
        tx.execute(update(row).values(contributors=[]))
        tx.execute(update(row).where(row.c.id == MEETING).values(origin="person"))
        tx.execute(delete(tables.notices))
    before = len(mails(called, relay, COMMISSION))
    work_at(called, BEGUN + MINUTE)
    assert len(mails(called, relay, COMMISSION)) == before + 1
    with called.database.read() as tx:
        named = {each.id: each.contributors for each in tx.execute(select(row.c.id, row.c.contributors))}
    assert named == {ID: [COMMISSION, AGENCY], MEETING: []}, "a person's own occurrence calls nobody"


@ON_SQLITE
def test_whoever_sent_nothing_is_reminded_once(called: Office, relay: ScriptedRelay) -> None:
    giving.give(called, link(called, relay, AGENCY), PLAIN, None, BEGUN + MINUTE)
    for at in (REMINDED - MINUTE, REMINDED, REMINDED + MINUTE, DRAFTED - MINUTE):
        work_at(called, at)
    assert [each["Subject"] for each in mails(called, relay, COMMISSION)[1:]] == [
        "Připomenutí, podklady do 27. 11. 10:00: Tisková zpráva, 8. 12. 2026"
    ]
    reminders = [each for each in mails(called, relay, AGENCY) if each["Subject"].startswith("Připomenutí")]
    assert [each["Hlasatel-Occurrence"] for each in reminders] == [MEETING], "she has sent hers for the release"


@ON_SQLITE
def test_nobody_is_called_after_the_deadline_or_reminded_of_what_has_just_come(
    office: Office, relay: ScriptedRelay, tmp_path: Path
) -> None:
    late = with_file(office, tmp_path / "schedules.yaml", ROW)
    work_at(late, REMINDED + MINUTE)
    work_at(late, REMINDED + 2 * MINUTE)
    assert [each["Subject"][:6] for each in mails(late, relay, COMMISSION)] == ["Prosba"]
    after = with_file(office, tmp_path / "schedules.yaml", ROW, TASK.replace("9. 12.", "1. 12."))
    work_at(after, REMINDED + 3 * MINUTE)
    assert "setkani/2026-12-01" not in {each["Hlasatel-Occurrence"] for each in mails(after, relay, AGENCY)}


@ON_SQLITE
def test_nobody_is_called_while_everything_is_held(office: Office, relay: ScriptedRelay, tmp_path: Path) -> None:
    held = with_file(office, tmp_path / "schedules.yaml", ROW)
    hold(held, BEGUN, DRAFTED)
    work_at(held, BEGUN)
    assert mails(held, relay, COMMISSION) == []


@ON_SQLITE
def test_the_coordinator_hears_once_of_a_call_that_does_not_arrive(
    office: Office, relay: ScriptedRelay, tmp_path: Path
) -> None:
    called = with_file(office, tmp_path / "schedules.yaml", ROW)
    relay.answer_to(called.person(COMMISSION).email, "550 no such mailbox")
    for at in (BEGUN, BEGUN + MINUTE, REMINDED, REMINDED + MINUTE):
        work_at(called, at)
    (told,) = mails(called, relay, "koordinator")
    assert told["Subject"].startswith("Výzva k podkladům nedošla, Protidrogová komise")
    assert "550 no such mailbox" in words(told) and called.person(COMMISSION).email in words(told)


def test_what_is_sent_is_kept_once_acknowledged_and_told(called: Office, relay: ScriptedRelay) -> None:
    token = link(called, relay, COMMISSION)
    with_photo = replace(PLAIN, signed="Jana Vzorná, předsedkyně", description="Poradna", author="Petr Vzorný")
    for _ in range(2):
        giving.give(called, token, with_photo, Photo(b"jpeg", 640, 480), BEGUN, whence="page ::1")
    (one,) = sent(called)
    assert (one.person, one.signed, one.text) == (COMMISSION, "Jana Vzorná, předsedkyně", "Otevřeli jsme poradnu.")
    assert one.photo is not None and (one.photo.description, one.photo.width) == ("Poradna", 640)
    with called.database.read() as tx:
        assert contributions.photo(tx, one.id) == b"jpeg"
        given = [each for each in events.of_occurrence(tx, ID) if each.kind == "contribution.given"]
    assert [each.data for each in given] == [{"number": one.id, "photo": True, "whence": "page ::1"}]
    work_at(called, BEGUN + MINUTE)
    receipt = mails(called, relay, COMMISSION)[-1]
    assert receipt["Subject"] == "Děkujeme, příspěvek máme: Tisková zpráva, 8. 12. 2026"
    (note,) = mails(called, relay, "koordinator")
    assert note["Subject"].startswith("Příspěvek, Protidrogová komise Rady")
    for mail in (receipt, note):
        assert "„Otevřeli jsme poradnu.“" in words(mail)
        assert "Fotografie: Poradna (autor: Petr Vzorný)" in words(mail)
        assert "po uzávěrce" not in words(mail)


@pytest.mark.both
def test_two_posts_at_the_same_moment_are_one_contribution(called: Office, relay: ScriptedRelay) -> None:
    token = link(called, relay, COMMISSION)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(giving.give, called, token, PLAIN, None, BEGUN) for _ in range(2)]:
            done.result()
    assert len(sent(called)) == 1
    assert recorded(called).count("contribution.given") == 1


@ON_SQLITE
def test_what_lets_its_bearer_decide_is_not_kept(called: Office, relay: ScriptedRelay) -> None:
    token = link(called, relay, COMMISSION)
    giving.give(called, token, replace(PLAIN, text=f"Viz http://127.0.0.1:8080/prispevek/{token}"), None, BEGUN)
    assert token not in sent(called)[0].text


@ON_SQLITE
def test_a_link_sends_so_many_and_no_more(called: Office, relay: ScriptedRelay) -> None:
    token = link(called, relay, COMMISSION)
    for number in range(MOST):
        giving.give(called, token, replace(PLAIN, text=f"Zpráva {number}"), None, BEGUN)
    with pytest.raises(NotNow):
        giving.give(called, token, replace(PLAIN, text="Ještě jedna"), None, BEGUN)
    assert len(sent(called)) == MOST


@ON_SQLITE
def test_after_the_deadline_it_is_kept_and_both_are_told_so(called: Office, relay: ScriptedRelay) -> None:
    token = link(called, relay, COMMISSION)
    work_at(called, DRAFTED)
    giving.give(called, token, PLAIN, None, DRAFTED + MINUTE)
    work_at(called, DRAFTED + 2 * MINUTE)
    for person in (COMMISSION, "koordinator"):
        assert "po uzávěrce" in words(mails(called, relay, person)[-1])


@ON_SQLITE
def test_links_end_and_foreign_ones_lead_nowhere(called: Office, relay: ScriptedRelay) -> None:
    token = link(called, relay, COMMISSION)
    with pytest.raises(NotNow):
        giving.give(called, token, PLAIN, None, SEND)
    with pytest.raises(LinkExpired):
        giving.give(called, token, PLAIN, None, SEND + timedelta(hours=3))
    with pytest.raises(NoSuchLink):
        giving.give(called, "x" * 43, PLAIN, None, BEGUN)
    moved_on = {COMMISSION: called.people[COMMISSION].model_copy(update={"email": "nova@platformy.example.org"})}
    with pytest.raises(NoSuchLink):
        giving.give(replace(called, people={**called.people, **moved_on}), token, PLAIN, None, BEGUN)
    assert sent(called) == ()


def test_contributors_hear_what_became_of_it_every_time(called: Office, relay: ScriptedRelay) -> None:
    giving.give(called, link(called, relay, COMMISSION), PLAIN, None, BEGUN)
    (one,) = sent(called)
    pick(called, one.id, Chosen.INCLUDED)
    pick(called, one.id, Chosen.INCLUDED, seen=1)
    pick(called, one.id, Chosen.LEFT_OUT, "Hodí se spíš do newsletteru.", seen=1)
    work_at(called, BEGUN + MINUTE)
    told = mails(called, relay, COMMISSION)[2:]
    assert [each["Subject"].partition(":")[0] for each in told] == [
        "Váš příspěvek jsme zařadili", "Váš příspěvek tentokrát nepoužijeme",
    ]  # fmt: skip
    assert "„Otevřeli jsme poradnu.“" in words(told[0])
    assert "Vzkaz od koordinátora: „Hodí se spíš do newsletteru.“" in words(told[1])
    assert [each for each in recorded(called) if each.startswith("contribution.")] == [
        "contribution.given", "contribution.included", "contribution.left_out",
    ]  # fmt: skip
    (one,) = sent(called)
    assert (one.chosen, one.chosen_by, one.choices) == (Chosen.LEFT_OUT, "koordinator", 2)
    giving.give(called, link(called, relay, COMMISSION), replace(PLAIN, text="Další."), None, BEGUN)
    with called.database.read() as tx:
        assert contributions.numbers(tx) == {ID: (2, 1)}


@ON_SQLITE
def test_the_first_choice_on_a_page_wins(called: Office, relay: ScriptedRelay) -> None:
    giving.give(called, link(called, relay, COMMISSION), PLAIN, None, BEGUN)
    (one,) = sent(called)
    pick(called, one.id, Chosen.LEFT_OUT)
    with pytest.raises(NotNow):
        pick(called, one.id, Chosen.INCLUDED, seen=0)
    with pytest.raises(Unfinished):
        pick(called, one.id, Chosen.INCLUDED, "x" * (LONGEST_NOTE + 1), seen=1)
    assert sent(called)[0].chosen is Chosen.LEFT_OUT


@ON_SQLITE
def test_whoever_was_not_chosen_about_hears_of_it_once_it_is_over(called: Office, relay: ScriptedRelay) -> None:
    for text in ("Jedna.", "Dvě."):
        giving.give(called, link(called, relay, COMMISSION), replace(PLAIN, text=text), None, BEGUN)
    pick(called, sent(called)[0].id, Chosen.INCLUDED)
    work_at(called, BEGUN + MINUTE)
    assert sent(called)[1].chosen is None
    before = len(mails(called, relay, COMMISSION))
    put(called, ID, OccurrenceState.DONE)
    with called.database.write() as tx:
        close(tx, sent(called)[0].id, BEGUN)  # chosen about at the same moment
    for minutes in (2, 3):
        work_at(called, BEGUN + minutes * MINUTE)
    ended, told = sorted(mails(called, relay, COMMISSION)[before:], key=lambda each: str(each["Subject"]))
    assert ended["Subject"].startswith("Hotovo") and "„Dvě.“" not in words(ended)
    assert told["Subject"] == "Váš příspěvek se tentokrát do textu nedostal: Tisková zpráva, 8. 12. 2026"
    assert "„Dvě.“" in words(told)
    assert [(each.chosen, each.chosen_by) for each in sent(called)] == [
        (Chosen.INCLUDED, "koordinator"), (Chosen.LEFT_OUT, None),
    ]  # fmt: skip


def test_whoever_sent_what_was_included_hears_once_how_it_ended(called: Office, relay: ScriptedRelay) -> None:
    for about, person in ((ID, COMMISSION), (ID, AGENCY), (MEETING, AGENCY)):
        own = replace(PLAIN, text=f"Píše {person}.\n\nOtevřeli jsme „poradnu“ pro sto lidí.")
        giving.give(called, link(called, relay, person, about), own, None, BEGUN)
    for each in (*sent(called), *sent(called, MEETING)):
        pick(called, each.id, Chosen.INCLUDED)
    work_at(called, DRAFTED)
    with called.database.write() as tx:
        shortened = func.replace(tables.drafts.c.text, f"Píše {AGENCY}.", "")
        tx.execute(update(tables.drafts).values(text=shortened))
    put(called, ID, OccurrenceState.DONE)
    put(called, MEETING, OccurrenceState.DROPPED)
    before = {person: len(mails(called, relay, person)) for person in (COMMISSION, AGENCY)}
    for minutes in (1, 2):
        work_at(called, DRAFTED + minutes * MINUTE)
    (whole,) = mails(called, relay, COMMISSION)[before[COMMISSION] :]
    assert whole["Subject"] == "Hotovo, děkujeme za příspěvek: Tisková zpráva, 8. 12. 2026"
    assert "je v textu tak, jak jste ho napsali" in words(whole) and "Zveřejněný text" not in words(whole)
    cut, dropped = sorted(mails(called, relay, AGENCY)[before[AGENCY] :], key=lambda each: str(each["Subject"]))
    assert "při úpravách zkrátil" in words(cut)
    assert dropped["Subject"] == "Nakonec to nevyjde: Veřejné setkání, 9. 12. 2026"


@ON_SQLITE
def test_what_has_gone_out_is_not_chosen_about_any_more(called: Office, relay: ScriptedRelay) -> None:
    giving.give(called, link(called, relay, COMMISSION), PLAIN, None, BEGUN)
    (one,) = sent(called)
    put(called, ID, OccurrenceState.DONE)
    with pytest.raises(NotNow):
        pick(called, one.id, Chosen.INCLUDED)
    with pytest.raises(NotNow):
        giving.give(called, link(called, relay, COMMISSION), replace(PLAIN, text="Ještě."), None, BEGUN)
    assert [each.chosen for each in sent(called)] == [None]


def test_a_consent_is_noted_with_what_is_included_and_goes_with_it(called: Office, relay: ScriptedRelay) -> None:
    giving.give(called, link(called, relay, COMMISSION), OF_A_CHILD, None, BEGUN)
    (one,) = sent(called)

    def noted() -> list[tuple[str, GivenBy, bool]]:
        with called.database.read() as tx:
            found = consents.of_occurrence(tx, ID)
        return [(each.subject, each.given_by, each.counts_on(date(2026, 12, 8))) for each in found]

    assert noted() == [], "left lying it opens no approval"
    pick(called, one.id, Chosen.INCLUDED)
    assert noted() == [("Jan Vzorný", GivenBy.GUARDIAN, True)]
    pick(called, one.id, Chosen.LEFT_OUT, seen=1)
    assert noted() == [("Jan Vzorný", GivenBy.GUARDIAN, False)]
    pick(called, one.id, Chosen.INCLUDED, seen=2)
    pick(called, one.id, Chosen.INCLUDED, "Děkujeme.", seen=3)
    assert [each[2] for each in noted()] == [False, True], "a word more notes no other consent"
    with called.database.read() as tx:
        said = "".join(tx.execute(select(tables.events.c.data)).scalars())
    assert "Vzorný" not in said, "whose consent it is stands in no event"
    work_at(called, BEGUN + MINUTE)
    assert not any("Vzorný" in words(each) for each in mails(called, relay, COMMISSION))


@ON_SQLITE
def test_whoever_does_a_task_gets_what_was_included_for_it(
    office: Office, relay: ScriptedRelay, tmp_path: Path
) -> None:
    called = with_file(office, tmp_path / "schedules.yaml", TASK)
    work_at(called, BEGUN)
    token = link(called, relay, AGENCY, MEETING)
    words_given = replace(PLAIN, signed="Jana Vzorná", description="Sál", author="Petr Vzorný")
    giving.give(called, token, words_given, Photo(b"jpeg", 640, 480), BEGUN)
    giving.give(called, token, replace(PLAIN, text="Tohle ne."), None, BEGUN)
    pick(called, sent(called, MEETING)[0].id, Chosen.INCLUDED)
    work_at(called, datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
    (task,) = [each for each in mails(called, relay, "koordinator") if "je potřeba zařídit" in words(each)]
    assert "Posílá: Agentura pro sociální začleňování, Jana Vzorná „Otevřeli jsme poradnu.“" in words(task)
    assert "Fotografie: Sál (autor: Petr Vzorný). Soubor vám dá koordinátor." in words(task)
    assert "Tohle ne." not in words(task)


def test_a_photo_comes_to_the_press_with_what_is_included_and_goes_with_it(
    called: Office, relay: ScriptedRelay
) -> None:
    words = replace(OF_A_CHILD, description="Poradna", author="Petr Vzorný")
    giving.give(called, link(called, relay, COMMISSION), words, Photo(b"jpeg", 640, 480), BEGUN)
    (one,) = sent(called)

    def shown(at: datetime) -> list[tuple[str, str]]:
        with called.database.read() as tx:
            return [(each.description, each.author) for each in kit.open_to_all(tx, ID, at)]

    assert shown(BEGUN) == []
    pick(called, one.id, Chosen.INCLUDED)
    assert shown(SEND) == [("Poradna", "Petr Vzorný")]
    assert shown(datetime(2028, 1, 1, tzinfo=UTC)) == [], "the consent is over"
    pick(called, one.id, Chosen.LEFT_OUT, seen=1)
    assert shown(SEND) == []
    pick(called, one.id, Chosen.INCLUDED, seen=2)
    pick(called, one.id, Chosen.INCLUDED, "Ještě jednou děkujeme.", seen=3)
    assert len(shown(SEND)) == 1
    of_nobody = replace(words, people=People.NOBODY, consent_of="", consent_by="", until=None)
    giving.give(called, link(called, relay, COMMISSION), of_nobody, Photo(b"jpeg", 640, 480), BEGUN)
    other = sent(called)[1]
    for seen, chosen in enumerate((Chosen.INCLUDED, Chosen.LEFT_OUT)):
        pick(called, other.id, chosen, seen=seen)
    assert len(shown(SEND)) == 1


@ON_SQLITE
def test_nobody_is_shown_without_a_consent_that_holds(called: Office, relay: ScriptedRelay) -> None:
    token = link(called, relay, COMMISSION)
    giving.give(called, token, replace(PLAIN, people=People.NOT_YET), None, BEGUN)
    giving.give(called, token, replace(OF_A_CHILD, until=date(2026, 11, 21)), None, BEGUN)
    for one in sent(called):
        with pytest.raises(NotNow):
            pick(called, one.id, Chosen.INCLUDED, at=BEGUN + timedelta(days=1))
    assert [each.chosen for each in sent(called)] == [None, None]
    with called.database.read() as tx:
        assert consents.of_occurrence(tx, ID) == ()


def test_a_photos_bytes_go_with_the_consent_for_it_and_what_was_said_of_it_stays(
    called: Office, relay: ScriptedRelay
) -> None:
    shown = replace(OF_A_CHILD, description="Dílna", author="Petr", until=date(2026, 11, 30))
    of_nobody = replace(PLAIN, description="Dílna", author="Petr")
    for words_of, content in ((shown, b"of a child"), (of_nobody, b"of nobody")):
        giving.give(called, link(called, relay, AGENCY), words_of, Photo(content, 640, 480), BEGUN)
    child, nobody = sent(called)
    for each in (child, nobody):
        pick(called, each.id, Chosen.INCLUDED)
    last = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)  # a minute before midnight in Prague
    for at, kept in ((last, {b"of a child", b"of nobody"}), (last + MINUTE, {b"", b"of nobody"})):
        work_at(called, at)
        with called.database.read() as tx:
            assert set(tx.execute(select(tables.contribution_photos.c.content)).scalars()) == kept
            assert set(tx.execute(select(tables.kit_photos.c.content)).scalars()) == kept
    with called.database.read() as tx:
        assert [each.author for each in kit.of_occurrence(tx, ID)] == ["Petr"], "that of nobody is still for the press"
        assert contributions.photo(tx, child.id) is None
        photos = [each.photo for each in contributions.of_occurrence(tx, ID)]
    assert [photo and (photo.description, photo.gone) for photo in photos] == [("Dílna", True), ("Dílna", False)]
    assert {"kit.photo_ended", "contribution.photo_ended"} <= set(recorded(called))


@ON_SQLITE
def test_a_photos_bytes_go_once_the_consent_for_it_is_withdrawn(called: Office, relay: ScriptedRelay) -> None:
    shown = replace(OF_A_CHILD, description="Dílna", author="Petr", until=None)
    giving.give(called, link(called, relay, AGENCY), shown, Photo(b"jpeg", 640, 480), BEGUN)
    (one,) = sent(called)
    pick(called, one.id, Chosen.INCLUDED)
    work_at(called, BEGUN + MINUTE)
    with called.database.write() as tx:
        assert contributions.photo(tx, one.id) == b"jpeg"
        (noted,) = consents.of_occurrence(tx, ID)
        withdraw(tx, called, noted.id, BEGUN, person="koordinator")
    work_at(called, BEGUN + 2 * MINUTE)
    with called.database.read() as tx:
        assert contributions.photo(tx, one.id) is None and kit.of_occurrence(tx, ID) == []


@ON_SQLITE
def test_the_dossier_has_what_was_sent_in_and_what_became_of_it(called: Office, relay: ScriptedRelay) -> None:
    of_it = replace(OF_A_CHILD, text="Pomohli jsme. Pište na jana@urad.example.org.", description="Sál", author="Petr")
    giving.give(called, link(called, relay, AGENCY), replace(of_it, signed="Eva"), Photo(b"jpeg", 640, 480), BEGUN)
    giving.give(called, link(called, relay, COMMISSION), PLAIN, None, BEGUN)
    pick(called, sent(called)[0].id, Chosen.INCLUDED, "Děkujeme.")
    with called.database.read() as tx:
        page = " ".join((dossier(tx, called, ID, SEND) or "").replace("\N{NO-BREAK SPACE}", " ").split())
    asz, commission = called.person_name(AGENCY), called.person_name(COMMISSION)
    assert f"Příspěvek č. 1: {asz}" in page and f"Příspěvek č. 2: {commission}" in page
    for said in ("<dd>Eva</dd>", "Děkujeme.", "Pomohli jsme.", "Fotografie: Sál (autor: Petr)", PLAIN.text):
        assert said in page
    assert f"<dd>zařazeno, {called.person_name('koordinator')}, " in page and "<dd>čeká na výběr</dd>" in page
    assert "Jan Vzorný" not in page and "jana@urad.example.org" not in page, "neither who consented nor an address"


@ON_SQLITE
def test_a_photo_without_a_consent_is_deleted_once_it_cannot_be_used_any_more(
    called: Office, relay: ScriptedRelay
) -> None:
    waiting = replace(PLAIN, people=People.NOT_YET, description="Dílna", author="Petr")
    giving.give(called, link(called, relay, AGENCY), waiting, Photo(b"jpeg", 640, 480), BEGUN)
    work_at(called, BEGUN + MINUTE)
    with called.database.read() as tx:
        assert contributions.photo(tx, sent(called)[0].id) == b"jpeg"
    with called.database.write() as tx:
        tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == ID).values(state="dropped"))
    work_at(called, BEGUN + 2 * MINUTE)
    with called.database.read() as tx:
        assert contributions.photo(tx, sent(called)[0].id) is None
