"""Mail that comes back through a real Maildir: it never decides, is taken in once, and is told to whom it concerns."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import ASKED, SEND, approve, asked, at_work, notices_to, read, state, token, told, words, work_at
from tests.store.planned import with_file
from tests.store.sample import PRESS
from tests.unit.inbox.letters import MLUVCI, bounce, mail, parts
from worker.inbox import maildir
from worker.jobs.read_inbox import ReadInbox
from worker.office import Office
from worker.record import comments, events
from worker.settings import Inbox
from worker.store import tables

ROW = """\
id: tiskova-zprava
activity: Tisková zpráva
place: řádek 1
when: prosinec 2026
periodicity: 1x za měsíc
kinds: [press-release]
lists: [media]
approvers: [tiskovy-mluvci]
"""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATER = ASKED + MINUTE


@pytest.fixture
def answering(office: Office, tmp_path: Path) -> Office:
    """An office with a mailbox for answers, whose December press release waits for its approval."""
    box = tmp_path / "posta"
    for folder in ("new", "cur", "tmp"):
        (box / folder).mkdir(parents=True)
    inbox = Inbox(maildir=box, address="odpovedi@liberecky-kraj.example.org")
    answering = replace(office, settings=replace(office.settings, inbox=inbox))
    answering = with_file(answering, tmp_path / "schedules.yaml", ROW)
    asked(answering)
    return answering


def box(office: Office) -> Path:
    assert office.settings.inbox is not None and office.settings.inbox.maildir is not None
    return office.settings.inbox.maildir


def put(office: Office, data: bytes, name: str = "1764579900.M1P2.posta") -> Path:
    """A mail as the mail server leaves it."""
    file = box(office) / "new" / name
    file.write_bytes(data)
    return file


def ours(office: Office, person: str = "tiskovy-mluvci", kind: str = "approval", occurrence: str = PRESS) -> str:
    """The Message-ID of a mail of ours."""
    sent = tables.notices
    wanted = sent.c.person == person, sent.c.kind == kind, sent.c.occurrence_id == occurrence
    with office.database.read() as tx:
        found = tx.execute(select(sent.c.message_id).where(*wanted)).scalar()
    assert found is not None, f"{person} got no {kind}"
    return str(found)


def taken(office: Office, *letters: bytes) -> None:
    """These mails arrive and the worker does all that is due."""
    for number, data in enumerate(letters):
        put(office, data, f"17645799{number:02}.M1P2.posta")
    work_at(office, LATER)


def left(office: Office) -> list[str]:
    """What is still in the mailbox, without what the mail server is writing."""
    return sorted(
        str(file.relative_to(box(office))) for sub in ("new", "cur") for file in (box(office) / sub).iterdir()
    )


def kept(office: Office) -> list[tuple[str, str]]:
    with office.database.read() as tx:
        return [(each.who, each.text) for each in comments.of_occurrence(tx, office, PRESS)]


def recorded(office: Office, kind: str) -> list[tuple[str | None, dict[str, object]]]:
    with office.database.read() as tx:
        return [(each.person, each.data) for each in events.of_occurrence(tx, PRESS) if each.kind == kind]


def everything(office: Office) -> dict[str, int]:
    """Rows that a mail could change, without the list of what came in."""
    kinds = ("comments", "decisions", "notices", "events", "packages", "links")
    with office.database.read() as tx:
        tables_ = [getattr(tables, name) for name in kinds]
        return {each.name: tx.execute(select(func.count()).select_from(each)).scalar_one() for each in tables_}


@pytest.mark.parametrize(
    "words", ["Schvaluji.", "schvaluji\r\napprove\r\ndecision=approve", "Vracím. Souhlasím, odeslat!"]
)
def test_an_answer_decides_nothing_whatever_its_words(answering: Office, relay: ScriptedRelay, words: str) -> None:
    taken(answering, mail(words, about=ours(answering), subject="SCHVALUJI"))
    assert state(answering) == "asked"
    with answering.database.read() as tx:
        assert tx.execute(select(tables.decisions)).all() == []
    assert kept(answering) == [("Tisková mluvčí", words.replace("\r\n", "\n"))]
    assert left(answering) == []
    work_at(answering, SEND)
    assert not any(each.data.count(b"List-Id:") for each in relay.received), "nothing goes out without a decision"


def test_an_answer_is_told_to_the_coordinator_and_its_sender_is_told_that_it_decided_nothing(
    answering: Office, relay: ScriptedRelay
) -> None:
    taken(answering, mail("Titulek zkraťte.\r\n\r\n> Celé znění", about=ours(answering)))
    (to_coordinator,) = [read(each) for each in relay.received_by(answering.person("koordinator").email)][-1:]
    assert to_coordinator["Subject"] == "Odpověď na e-mail, Tisková mluvčí: Tisková zpráva, prosinec 2026"
    assert "„Titulek zkraťte.“" in words(to_coordinator)
    to_her = read(relay.received_by(answering.person("tiskovy-mluvci").email)[-1])
    assert str(to_her["Subject"]).startswith("Odpověď e-mailem nic neschválila, rozhodněte do 8. 12.")
    assert "/schvaleni/" in words(to_her)
    assert recorded(answering, "comment.replied") == [("tiskovy-mluvci", {"version": 1})]
    assert "Titulek" not in str(recorded(answering, "comment.replied"))


@pytest.mark.parametrize(
    "quoted",
    [
        "Hlasatel psal/a dne 1. 12. 2026:\r\n{mail}",
        "Od: Hlasatel\r\n\r\n{mail}",
        ">>> Hlasatel 1. 12. 2026 10:00 >>>\r\n{mail}",
        "{mail}",
    ],
)
def test_a_quoted_link_is_neither_kept_nor_passed_on(answering: Office, relay: ScriptedRelay, quoted: str) -> None:
    asking = words(read(relay.received_by(answering.person("tiskovy-mluvci").email)[-1]))
    (link,) = set(re.findall(r"http://127.0.0.1:8080/schvaleni/([\w-]{43})", asking))
    taken(answering, mail("Titulek zkraťte.\r\n\r\n" + quoted.format(mail=asking[:4000]), about=ours(answering)))
    ((_, text),) = kept(answering)
    assert text.startswith("Titulek zkraťte.") and "[odkaz]" in text
    (told,) = notices_to(answering, "koordinator", "reply_kept")
    assert told.data["text"] == text
    to_coordinator = relay.received_by(answering.person("koordinator").email)
    assert not any(link in text or link in words(read(each)) for each in to_coordinator)


def test_what_has_been_decided_is_not_asked_for_again(answering: Office) -> None:
    approve(answering, token(answering, "tiskovy-mluvci"))
    taken(answering, mail("Díky, schváleno.", about=ours(answering)))
    assert kept(answering) == [("Tisková mluvčí", "Díky, schváleno.")]
    assert notices_to(answering, "tiskovy-mluvci", "reply_decides_nothing") == []
    assert state(answering) == "approved"


def test_whoever_has_approved_is_not_told_that_she_has_not_while_another_is_awaited(
    answering: Office, tmp_path: Path
) -> None:
    both = ROW.replace("[tiskovy-mluvci]", "[tiskovy-mluvci, reditel]\napproval: all")
    with_file(answering, tmp_path / "schedules.yaml", both)
    work_at(answering, LATER)
    approve(answering, token(answering, "tiskovy-mluvci"), LATER)
    assert state(answering) == "asked"
    hers, his = (ours(answering, each, "approval_again") for each in ("tiskovy-mluvci", "reditel"))
    from_him = mail("Uvidím.", about=his, sender=answering.person("reditel").email)
    taken(answering, mail("Už schváleno.", about=hers), from_him)
    assert [len(notices_to(answering, each, "reply_decides_nothing")) for each in ("tiskovy-mluvci", "reditel")] == [
        0,
        1,
    ]


def test_many_answers_within_an_hour_are_kept_and_mailed_no_longer_one_by_one(answering: Office) -> None:
    about = ours(answering)
    taken(answering, *(mail(f"Ještě {number}.", about=about, message_id=f"<{number}@x.cz>") for number in range(12)))
    assert len(kept(answering)) == 12
    told = notices_to(answering, "koordinator", "reply_kept")
    assert [bool(each.data["more"]) for each in told] == [False] * 9 + [True]


def test_a_program_that_hides_what_it_is_starts_no_endless_exchange(answering: Office) -> None:
    taken(answering, mail("Jsem pryč.", about=ours(answering)))
    for number in range(5):
        newest = ours(answering, kind="reply_decides_nothing")
        taken(answering, mail(f"Jsem pryč {number}.", about=newest, message_id=f"<{number}@x.cz>"))
    assert len(notices_to(answering, "tiskovy-mluvci", "reply_decides_nothing")) == 1
    # The coordinator's own answers are kept and told to nobody.
    returned = ours(answering, "koordinator", "reply_kept")
    before = told(answering)
    taken(answering, mail("Pryč jsem i já.", about=returned, sender=answering.person("koordinator").email))
    assert told(answering) == before
    assert kept(answering)[-1] == ("Koordinátor sociálního začleňování", "Pryč jsem i já.")


def test_a_bounce_alerts_the_coordinator_once_and_is_in_the_record(answering: Office, relay: ScriptedRelay) -> None:
    again = bounce(about=ours(answering)).replace(b"User unknown", b"Still unknown")
    taken(answering, bounce(about=ours(answering)), again)
    (alert,) = [read(each) for each in relay.received_by(answering.person("koordinator").email)][-1:]
    assert "zavolejte" in str(alert["Subject"]) and "Tisková mluvčí" in str(alert["Subject"])
    assert "550 5.1.1 User unknown" in words(alert)
    assert len(notices_to(answering, "koordinator", "mail_refused")) == 1
    noted = {"asked": "tiskovy-mluvci", "notice": "approval", "status": "5.1.1"}
    assert recorded(answering, "mail.bounced") == [(None, noted), (None, noted)]
    assert (state(answering), kept(answering), left(answering)) == ("asked", [], [])


@pytest.mark.parametrize(
    "header", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}], ids=str
)
def test_an_automatic_answer_is_in_the_record_and_changes_nothing_else(
    answering: Office, header: dict[str, str]
) -> None:
    before = everything(answering)
    taken(answering, mail("Schvaluji. Do 14. 12. mám dovolenou.", about=ours(answering), **header))
    assert everything(answering) == before | {"events": before["events"] + 1}
    assert recorded(answering, "mail.ignored") == [(None, {"asked": "tiskovy-mluvci", "notice": "approval"})]
    assert left(answering) == []


STRANGE = {
    "no reference": lambda about: mail(about=""),
    "a reference to another office": lambda about: mail(about=about.replace("liberecky", "jiny")),
    "a guessed reference": lambda about: mail(about=f"<{'0' * 32}@liberecky-kraj.example.org>"),
    "a bounce of another mail": lambda about: bounce(about="<x@jinde.example.org>"),
    "an automatic answer to another mail": lambda about: mail(about="<x@example.org>", Auto_Submitted="auto-replied"),
    "no sender": lambda about: mail(about=about, sender=""),
    "two senders": lambda about: mail(about=about, sender=f"{MLUVCI}, reditel@liberecky-kraj.example.org"),
    "nothing at all": lambda about: b"",
    "no header": lambda about: b"Schvaluji.\r\n" + about.encode(),
    "nested beyond sense": lambda about: mail(
        "".join(f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(2000)),
        about=about, kind="multipart/mixed; boundary=b0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_a_strange_mail_changes_nothing_and_stays_in_the_mailbox(
    answering: Office, strange: Callable[[str], bytes]
) -> None:
    about = ours(answering)
    before = everything(answering)
    taken(answering, strange(about))
    after = everything(answering)
    told_only = {"notices": after["notices"], "events": after["events"]}  # that an answer came from elsewhere
    assert after == before | told_only
    assert set(told(answering)[before["notices"] :]) <= {"reply_elsewhere"}
    assert (state(answering), kept(answering)) == ("asked", [])
    assert left(answering) == ["cur/1764579900.M1P2.posta:2,S"]


@pytest.mark.parametrize(
    "sender", ["reditel@liberecky-kraj.example.org", "Tisková mluvčí <mluvci@jinde.example.com>", "cizi@example.net"]
)
def test_an_answer_from_elsewhere_is_nobodys_comment_and_the_coordinator_hears_of_it(
    answering: Office, sender: str
) -> None:
    taken(answering, mail("Schvaluji.", about=ours(answering), sender=sender))
    taken(answering, mail("Opravdu.", about=ours(answering), sender=sender))
    assert (kept(answering), state(answering)) == ([], "asked")
    (notice,) = notices_to(answering, "koordinator", "reply_elsewhere")
    assert notice.state == "sent"
    assert "Schvaluji" not in str(notice.data)
    assert len(left(answering)) == 1 or left(answering)[0].startswith("cur/")


def test_an_answer_from_a_role_s_person_in_the_same_office_is_the_role_s(answering: Office) -> None:
    taken(answering, mail("Zkraťte.", about=ours(answering), sender="Jana.Novakova@LIBERECKY-KRAJ.example.org"))
    assert kept(answering) == [("Tisková mluvčí", "Zkraťte.")]


def test_what_was_taken_in_is_not_taken_in_again_after_a_kill_before_the_file_was_removed(
    answering: Office, tmp_path: Path
) -> None:
    letters = [mail("Zkraťte.", about=ours(answering)), bounce(about=ours(answering)), mail(about="")]
    spare = tmp_path / "spare"
    for number, data in enumerate(letters):
        put(answering, data, f"176457990{number}.M1P2.posta")
    shutil.copytree(box(answering) / "new", spare)
    work_at(answering, LATER)
    assert left(answering) == ["cur/1764579902.M1P2.posta:2,S"]
    before = everything(answering)
    # Killed between the commit and the removal: the rows are there and so are the files.
    for file in spare.iterdir():
        shutil.copy(file, box(answering) / "new")
    work_at(answering, LATER + MINUTE)
    assert everything(answering) == before
    assert left(answering) == ["cur/1764579902.M1P2.posta:2,S"]


def test_a_file_goes_only_after_what_it_said_is_committed(answering: Office) -> None:
    put(answering, mail("Zkraťte.", about=ours(answering)))
    before = everything(answering)
    # A trigger of the database itself: what takes the mail in fails at its very end, as if it had been killed there.
    with answering.database.write() as tx:
        if answering.database.is_sqlite:
            create = "CREATE TRIGGER broken BEFORE INSERT ON incoming BEGIN SELECT RAISE(ABORT, 'broken'); END"
        else:
            tx.execute(
                text(
                    "CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$"
                    " LANGUAGE plpgsql"
                )
            )
            create = "CREATE TRIGGER broken BEFORE INSERT ON incoming FOR EACH ROW EXECUTE FUNCTION broken()"
        tx.execute(text(create))
    with at_work(answering, LATER) as current, pytest.raises(SQLAlchemyError, match="broken"):
        ReadInbox().do_one(current, LATER)
    with answering.database.write() as tx:
        tx.execute(text("DROP TRIGGER broken" if answering.database.is_sqlite else "DROP FUNCTION broken CASCADE"))
    assert everything(answering) == before
    assert left(answering) == ["new/1764579900.M1P2.posta"]
    work_at(answering, LATER)
    assert (kept(answering), left(answering)) == ([("Tisková mluvčí", "Zkraťte.")], [])


def test_a_file_that_cannot_be_removed_is_taken_in_once_and_told_once_a_day(
    answering: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(answering, mail("Zkraťte.", about=ours(answering)))

    def refused(path: object, *args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refused)  # root, whom tests may run as, is refused nothing by a file system
        patched.setattr(Path, "unlink", refused)
        for minutes in range(3):
            work_at(answering, LATER + minutes * MINUTE)
        work_at(answering, LATER + DAY)
    assert kept(answering) == [("Tisková mluvčí", "Zkraťte.")]
    alerts = notices_to(answering, "koordinator", "inbox_unreadable")
    assert [each.data["reason"] for each in alerts] == ["Permission denied"] * 2
    work_at(answering, LATER + DAY + MINUTE)
    assert left(answering) == []


def test_two_copies_of_one_answer_are_one_comment(answering: Office) -> None:
    copy = mail("Zkraťte.", about=ours(answering), Received="from jinudy")
    taken(answering, mail("Zkraťte.", about=ours(answering)), copy)
    assert kept(answering) == [("Tisková mluvčí", "Zkraťte.")]
    assert len(notices_to(answering, "koordinator", "reply_kept")) == 1


def test_an_answer_with_attachments_stays_in_the_mailbox_and_the_coordinator_is_told_so(answering: Office) -> None:
    file = "application/msword\r\nContent-Disposition: attachment; filename=oprava.doc"
    data = parts(("text/plain; charset=utf-8", "Oprava v příloze."), (file, "x"), about=ours(answering))
    for _ in range(2):  # and so after a kill before it was moved
        taken(answering, data)
        assert left(answering) == ["cur/1764579900.M1P2.posta:2,S"]
    assert kept(answering) == [("Tisková mluvčí", "Oprava v příloze.")]
    (notice,) = notices_to(answering, "koordinator", "reply_kept")
    assert "přílohy" in notice.data["more"]


def test_an_answer_without_words_is_kept_as_that(answering: Office) -> None:
    taken(answering, mail("> jen citace\r\n", about=ours(answering)))
    assert kept(answering) == [("Tisková mluvčí", "(Odpověď bez vlastního textu.)")]


def test_one_person_fills_no_database_by_mail(answering: Office) -> None:
    about = ours(answering)
    taken(answering, *(mail(f"Připomínka {number}", about=about) for number in range(45)))
    assert len(kept(answering)) == 40
    assert len(left(answering)) == 5


def test_a_huge_mail_is_read_at_its_beginning_and_counts_as_a_whole(answering: Office) -> None:
    data = mail(f"Zkraťte.\r\n-- \r\n{'x' * 70}\r\n", about=ours(answering)) + b"y" * (3 * maildir.MOST_BYTES)
    taken(answering, data)
    assert kept(answering) == [("Tisková mluvčí", "Zkraťte.")]
    file = put(answering, data + b"y")
    assert len(maildir.read(box(answering), file.name).data) == maildir.MOST_BYTES
    one = maildir.read(box(answering), file.name).hash
    file.write_bytes(data)
    assert maildir.read(box(answering), file.name).hash != one


def test_the_oldest_comes_first_and_what_is_no_mail_stays(answering: Office) -> None:
    about = ours(answering)
    put(answering, mail("Druhá.", about=about), "1764579999.M1.posta")
    put(answering, mail("První.", about=about), "1764579111.M1.posta")
    put(answering, mail("Skrytá.", about=about), ".1764579000.M1.posta")
    (box(answering) / "new" / "slozka").mkdir()
    (box(answering) / "new" / "odkaz").symlink_to("/etc/passwd")
    (box(answering) / "tmp" / "rozepsaná").write_bytes(mail("Rozepsaná.", about=about))
    work_at(answering, LATER)
    assert [each for _, each in kept(answering)] == ["První.", "Druhá."]
    assert left(answering) == ["new/.1764579000.M1.posta", "new/odkaz", "new/slozka"]


def test_many_mails_are_taken_in_one_round_whatever_stands_in_the_way(answering: Office) -> None:
    about = ours(answering)
    taken(answering, *(mail(about="" if number % 2 else about) for number in range(3 * maildir.AT_ONCE)))
    assert len(left(answering)) == 3 * maildir.AT_ONCE // 2


def test_a_mailbox_that_is_gone_is_told_once_a_day_and_stops_nothing(answering: Office) -> None:
    shutil.rmtree(box(answering))
    approve(answering, token(answering, "tiskovy-mluvci"))
    for at in (LATER, LATER + MINUTE, LATER + DAY, SEND):
        work_at(answering, at)
    assert len(notices_to(answering, "koordinator", "inbox_unreadable")) == 3
    assert state(answering) == "done"


def test_without_a_mailbox_nothing_is_read(answering: Office) -> None:
    file = put(answering, mail(about=ours(answering)))
    plain = replace(answering, settings=replace(answering.settings, inbox=None))
    with at_work(plain, LATER) as current:
        assert ReadInbox().do_one(current, LATER) is False
    assert file.exists()


def test_an_answer_while_it_is_prepared_reaches_the_coordinator_with_a_link_to_edit(
    answering: Office, relay: ScriptedRelay
) -> None:
    with answering.database.write() as tx:
        tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == PRESS).values(state="preparing"))
    put(answering, mail("Zkraťte.", about=ours(answering)))
    with at_work(answering, LATER) as current:
        ReadInbox().do_one(current, LATER)
    (notice,) = notices_to(answering, "koordinator", "comment_made")
    assert (notice.data["text"], notice.data["more"]) == ("Zkraťte.", "")
    assert notices_to(answering, "tiskovy-mluvci", "reply_decides_nothing") == []
