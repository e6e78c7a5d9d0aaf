"""The comment round: asked in parallel before the approvers, told to the coordinator, deciding nothing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import hold, notices_to, occurrence, read, recorded, state, words, work_at
from tests.store.planned import with_file
from worker.approval import comments as rounds
from worker.approval import rework
from worker.approval.cases import LinkExpired, NoSuchLink, NotNow, Unfinished
from worker.office import Office
from worker.record import comments, events
from worker.store import tables

ROUND = """\
id: zprava
activity: Zpráva o poradně
place: řádek 1
dates: [8. 12. 2026]
kinds: [press-release]
lists: [media]
approvers: [tiskovy-mluvci]
commenters: [reditel, vedeni-kraje]
"""
ID = "zprava/2026-12-08"
BEGUN = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
DRAFTED = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
ENDS = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ASKED = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SEND = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def asking(office: Office, tmp_path: Path) -> Office:
    """An office whose press release goes past the director and the region's leadership first."""
    asking = with_file(office, tmp_path / "schedules.yaml", ROUND)
    work_at(asking, BEGUN)
    return asking


def mails(office: Office, relay: ScriptedRelay, person: str) -> list[EmailMessage]:
    return [read(each) for each in relay.received_by(office.person(person).email)]


def link(office: Office, relay: ScriptedRelay, person: str, path: str = "pripominky") -> str:
    """The token of the newest link to `path` that was mailed to a person."""
    for mail in reversed(mails(office, relay, person)):
        if found := re.search(rf"/{path}/(\S+)", words(mail)):
            return found[1]
    raise AssertionError(f"no {path} link was mailed to {person}")


def kept(office: Office) -> list[tuple[str, int | None, str]]:
    with office.database.read() as tx:
        return [(each.who, each.version, each.text) for each in comments.of_occurrence(tx, office, ID)]


def test_all_commenters_are_asked_at_once_and_before_the_approvers(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    assert state(asking, ID) == "preparing"
    for person in ("reditel", "vedeni-kraje"):
        (mail,) = mails(asking, relay, person)
        assert mail["Subject"] == "K připomínkám do 30. 11. 10:00: Tisková zpráva, 8. 12. 2026"
        assert mail["Hlasatel-Occurrence"] == ID
        assert "10:00 v pondělí 30. listopadu 2026" in words(mail) and "Liberecký kraj je svébytným" in words(mail)
        assert re.search(r"http://127.0.0.1:8080/pripominky/[\w-]{43} ", words(mail))
    assert mails(asking, relay, "tiskovy-mluvci") == []
    work_at(asking, DRAFTED + MINUTE)
    work_at(asking, ENDS + MINUTE)
    assert len(mails(asking, relay, "reditel")) == 1
    work_at(asking, ASKED)
    assert state(asking, ID) == "asked"
    assert len(mails(asking, relay, "tiskovy-mluvci")) == 1


def test_a_comment_is_kept_with_its_version_and_told_to_the_coordinator(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    rounds.give(asking, link(asking, relay, "reditel"), " Schvaluji, jen\r\ntitulek zkraťte. ", DRAFTED, version=1)
    rounds.give(
        asking, link(asking, relay, "reditel"), "A ještě perex.", DRAFTED + MINUTE, version=1, whence="page ::1"
    )
    assert kept(asking) == [
        ("Ředitel krajského úřadu", 1, "Schvaluji, jen\ntitulek zkraťte."),
        ("Ředitel krajského úřadu", 1, "A ještě perex."),
    ]
    assert state(asking, ID) == "preparing", "a comment decides nothing, whatever its words"
    with asking.database.read() as tx:
        assert tx.execute(select(tables.decisions)).all() == []
        given = [each for each in events.of_occurrence(tx, ID) if each.kind == "comment.given"]
    assert [(each.person, each.data) for each in given] == [
        ("reditel", {"version": 1, "whence": ""}),
        ("reditel", {"version": 1, "whence": "page ::1"}),
    ]
    work_at(asking, DRAFTED + MINUTE)
    first, second = mails(asking, relay, "koordinator")
    assert first["Subject"] == "Připomínka k textu, Ředitel krajského úřadu: Tisková zpráva, 8. 12. 2026"
    assert "„Schvaluji, jen titulek zkraťte.“" in words(first)
    assert "„A ještě perex.“" in words(second)
    assert link(asking, relay, "koordinator", "uprava")


@pytest.mark.both
def test_the_same_words_sent_twice_are_one_comment(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    token = link(asking, relay, "reditel")

    def send(number: int) -> None:
        rounds.give(asking, token, "Zkraťte titulek.", DRAFTED + number * MINUTE, version=1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    rounds.give(asking, link(asking, relay, "vedeni-kraje"), "Zkraťte titulek.", DRAFTED, version=1)
    assert [who for who, _, _ in kept(asking)] == ["Ředitel krajského úřadu", "Vedení kraje"]
    assert len(notices_to(asking, "koordinator", "comment_made")) == 2


def test_nobody_comments_once_the_round_is_over(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    token = link(asking, relay, "reditel")
    rounds.give(asking, token, "Včas.", ENDS - MINUTE, version=1)
    with pytest.raises(NotNow, match="Připomínky se už nesbírají"):
        rounds.give(asking, token, "Pozdě.", ENDS, version=1)
    work_at(asking, ASKED)
    with pytest.raises(NotNow):
        rounds.give(asking, token, "Po předložení.", ENDS - MINUTE, version=1)  # a clock that went back
    with pytest.raises(LinkExpired):
        rounds.give(asking, token, "Po všem.", SEND + timedelta(hours=2), version=1)
    assert [text for _, _, text in kept(asking)] == ["Včas."]


def test_a_link_of_another_purpose_and_somebody_taken_out_of_the_plan_comment_nothing(
    asking: Office, relay: ScriptedRelay
) -> None:
    work_at(asking, DRAFTED)
    token = link(asking, relay, "reditel")
    rounds.give(asking, token, "Ještě smím.", DRAFTED, version=1)
    work_at(asking, DRAFTED)
    with pytest.raises(NoSuchLink):
        rounds.give(asking, link(asking, relay, "koordinator", "uprava"), "Cizí odkaz.", DRAFTED, version=1)
    with asking.database.write() as tx:
        tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == ID).values(commenters=["vedeni-kraje"]))
    with pytest.raises(NotNow):
        rounds.give(asking, token, "Už ne.", DRAFTED, version=1)
    assert [text for _, _, text in kept(asking)] == ["Ještě smím."]


@pytest.mark.parametrize(
    ("text", "version"), [("", 1), ("  \n", 1), ("x" * 5001, 1), ("a\0b", 1), ("a\x1b[1m", 1), ("V pořádku.", 7)]
)
def test_what_is_no_comment_is_refused(asking: Office, relay: ScriptedRelay, text: str, version: int) -> None:
    work_at(asking, DRAFTED)
    with pytest.raises(Unfinished):
        rounds.give(asking, link(asking, relay, "reditel"), text, DRAFTED, version=version)
    assert kept(asking) == []
    assert notices_to(asking, "koordinator", "comment_made") == []


def test_one_person_fills_no_database(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    token = link(asking, relay, "reditel")
    for number in range(rounds.MOST):
        rounds.give(asking, token, f"Připomínka {number}", DRAFTED, version=1)
    with pytest.raises(NotNow, match="nejvýš 40"):
        rounds.give(asking, token, "A ještě jedna", DRAFTED, version=1)
    rounds.give(asking, link(asking, relay, "vedeni-kraje"), "Jiný smí.", DRAFTED, version=1)
    assert len(kept(asking)) == rounds.MOST + 1


def test_the_coordinator_gets_ten_mails_an_hour_about_one_person_and_is_told_that_more_may_come(
    asking: Office, relay: ScriptedRelay
) -> None:
    work_at(asking, DRAFTED)
    token = link(asking, relay, "reditel")
    for number in range(15):
        rounds.give(asking, token, f"Připomínka {number}", DRAFTED + number * MINUTE, version=1)
    rounds.give(asking, link(asking, relay, "vedeni-kraje"), "Od jiného.", DRAFTED + 15 * MINUTE, version=1)
    rounds.give(asking, token, "Zase za hodinu.", DRAFTED + 90 * MINUTE, version=1)
    told = [each.data for each in notices_to(asking, "koordinator", "comment_made")]
    assert [each["text"] for each in told][9:] == ["Připomínka 9", "Od jiného.", "Zase za hodinu."]
    assert [number for number, each in enumerate(told) if each["more"]] == [9]
    assert "připomínka číslo 10" in told[9]["more"]
    assert len(kept(asking)) == 17


def test_a_commenter_is_told_what_she_can_do_about_a_missing_consent(
    office: Office, relay: ScriptedRelay, tmp_path: Path
) -> None:
    story = with_file(office, tmp_path / "schedules.yaml", ROUND + "stories: true\n")
    work_at(story, BEGUN)
    work_at(story, DRAFTED)
    (mail,) = mails(story, relay, "reditel")
    assert "obstarává ho koordinátor" in words(mail) and "consent note" not in words(mail)
    work_at(story, ASKED)
    (mail,) = mails(story, relay, "tiskovy-mluvci")
    assert "consent note" in words(mail)


def test_a_link_in_a_comment_is_neither_kept_nor_passed_on(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    token = link(asking, relay, "reditel")
    written = f"Na http://127.0.0.1:8080/pripominky/{token} je překlep."
    for _ in range(2):
        rounds.give(asking, token, written, DRAFTED, version=1)
    assert [text for _, _, text in kept(asking)] == ["Na [odkaz] je překlep."]
    (told,) = notices_to(asking, "koordinator", "comment_made")
    assert told.data["text"] == "Na [odkaz] je překlep."


def test_drafted_after_the_round_it_goes_to_the_approvers_and_the_coordinator_is_told(
    office: Office, relay: ScriptedRelay, tmp_path: Path
) -> None:
    late = with_file(office, tmp_path / "schedules.yaml", ROUND)
    work_at(late, ASKED + timedelta(days=1))
    assert state(late, ID) == "asked"
    assert mails(late, relay, "reditel") == []
    assert len(mails(late, relay, "tiskovy-mluvci")) == 1
    (told,) = [mail for mail in mails(late, relay, "koordinator") if "připomínky" in str(mail["Subject"])]
    assert told["Subject"] == "Na připomínky nezbyl čas: Tisková zpráva, 8. 12. 2026"
    assert "Ředitel krajského úřadu, Vedení kraje" in words(told)
    assert recorded(late).count("comment.skipped") == 1


def test_nobody_is_asked_for_comments_while_everything_is_held(asking: Office, relay: ScriptedRelay) -> None:
    hold(asking, DRAFTED - timedelta(hours=1), SEND)
    work_at(asking, DRAFTED)
    assert state(asking, ID) == "preparing"
    assert mails(asking, relay, "reditel") == []


def test_somebody_added_while_it_is_prepared_is_asked_and_nobody_twice(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    with_file(asking, asking.settings.plan, ROUND.replace("vedeni-kraje]", "vedeni-kraje, asz]"))
    work_at(asking, DRAFTED + timedelta(hours=1))
    assert occurrence(asking, ID).commenters == ["reditel", "vedeni-kraje", "asz"]
    assert [len(mails(asking, relay, each)) for each in ("reditel", "vedeni-kraje", "asz")] == [1, 1, 1]


def test_an_edit_because_of_a_comment_makes_a_version_and_asks_nobody(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    rounds.give(asking, link(asking, relay, "reditel"), "Zkraťte titulek.", DRAFTED, version=1)
    work_at(asking, DRAFTED)
    edit = link(asking, relay, "koordinator", "uprava")
    edited = {"press-release": {"headline": "Kraj otevřel poradnu"}}
    rework.resubmit(asking, edit, edited, DRAFTED + MINUTE, version=1)
    work_at(asking, DRAFTED + 2 * MINUTE)
    assert state(asking, ID) == "preparing"
    assert [len(mails(asking, relay, each)) for each in ("reditel", "vedeni-kraje", "tiskovy-mluvci")] == [1, 1, 0]
    # Whoever still has the first version before her comments on that one.
    rounds.give(asking, link(asking, relay, "reditel"), "K první verzi.", DRAFTED + 2 * MINUTE, version=1)
    rounds.give(asking, link(asking, relay, "vedeni-kraje"), "K druhé verzi.", DRAFTED + 2 * MINUTE, version=2)
    assert [version for _, version, _ in kept(asking)] == [1, 1, 2]
    work_at(asking, ASKED)
    assert state(asking, ID) == "asked"
    (mail,) = mails(asking, relay, "tiskovy-mluvci")
    assert "Kraj otevřel poradnu" in words(mail)
    for comment in ("Zkraťte titulek.", "K první verzi.", "K druhé verzi."):
        assert comment in words(mail), "whoever approves sees every comment"
    with pytest.raises(NotNow):
        rework.resubmit(asking, edit, edited, ASKED, version=2)


def test_no_commenters_no_round(office: Office, relay: ScriptedRelay, tmp_path: Path) -> None:
    plain = with_file(office, tmp_path / "schedules.yaml", ROUND.replace("commenters: [reditel, vedeni-kraje]", ""))
    for at in (BEGUN, DRAFTED, ASKED):
        work_at(plain, at)
    assert not {"comment.asked", "comment.skipped"} & set(recorded(plain))


def test_comments_show_the_name_of_somebody_who_has_left(asking: Office, relay: ScriptedRelay) -> None:
    work_at(asking, DRAFTED)
    rounds.give(asking, link(asking, relay, "reditel"), "Na rozloučenou.", DRAFTED, version=1)
    without = replace(asking, people={key: each for key, each in asking.people.items() if key != "reditel"})
    assert kept(without) == [("reditel", 1, "Na rozloučenou.")]
