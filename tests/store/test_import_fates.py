"""What becomes of the rows of an import: looked at before, taken in whole or in part, gone on with after a kill."""

from __future__ import annotations

import json
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from tests.store.sample import NOW, ROOT, python
from worker.audience.importing.fates import Fate
from worker.audience.importing.reading import read
from worker.audience.importing.said import as_json, sentence, summary, understood
from worker.audience.importing.spool import What
from worker.audience.importing.taking import Account, RefusedWhole, look, take_in
from worker.audience.privacy.erase import forget
from worker.audience.suppression import Reason, suppress
from worker.errors import HlasatelError
from worker.office import Office
from worker.store.tables import departures, events, imports, memberships, recipients

THEN = NOW - timedelta(days=40)
CONTENT = """\
E-mail;Jméno;Oslovení
nova@noviny.example.org;Jana Nová;
znama@noviny.example.org;Eva Malá;
jina@noviny.example.org;Iva Bílá;
stejna@noviny.example.org;Ema Tichá;
odhlasena@noviny.example.org;Ida Černá;
vyrazena@noviny.example.org;Ota Starý;
vymazana@noviny.example.org;Jan Dávný;
nic;Nikdo;
nova@noviny.example.org;Jana Jiná;
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lidé.csv"
    path.write_text(CONTENT, encoding="utf-8")
    return path


@pytest.fixture
def known(office: Office) -> Office:
    """An office that knows most of those in the file, each in another way."""
    with office.database.write() as tx:
        person(tx, "znama", "Eva Malá", "Vážená paní Malá", "obce")
        person(tx, "jina", "Iva Tmavá", "Vážená paní Tmavá", "media")
        person(tx, "stejna", "Ema Tichá", "Vážená paní Tichá", "media")
        left = person(tx, "odhlasena", "Ida Dřívější", "", "media")
        tx.execute(departures.insert().values(recipient_id=left, list_id="media", left_at=THEN))
        person(tx, "vyrazena", "Ota Dřívější", "", "obce")
        suppress(tx, office, "vyrazena@noviny.example.org", Reason.BOUNCE, THEN, "5.1.1")
        suppress(tx, office, "vymazana@noviny.example.org", Reason.ERASED, THEN)
    return office


def person(tx: Connection, local: str, name: str, greeting: str, list_id: str) -> int:
    values = {"address": f"{local}@noviny.example.org", "name": name, "greeting": greeting, "created_at": THEN}
    made: int = tx.execute(recipients.insert().values(values).returning(recipients.c.id)).scalar_one()
    tx.execute(memberships.insert().values(list_id=list_id, recipient_id=made, since=THEN))
    return made


FATES = {
    Fate.NEW: 1, Fate.JOINS: 1, Fate.CHANGED: 1, Fate.SAME: 1, Fate.LEFT: 1, Fate.SUPPRESSED: 2,
}  # fmt: skip


def kept(office: Office) -> list[tuple[object, ...]]:
    with office.database.read() as tx:
        people = tx.execute(select(recipients).order_by(recipients.c.id)).all()
        on = tx.execute(select(memberships).order_by(memberships.c.list_id, memberships.c.recipient_id)).all()
    return [tuple(row) for row in (*people, *on)]


def test_a_look_tells_each_row_and_writes_nothing(known: Office, file: Path) -> None:
    before = kept(known)
    with read(known, "media", file) as found:
        account = look(known, found, each=True)
        told = {what: [(each.number, sentence(each)) for each in found.spool.told(what)] for what in What}
        lines = " ".join([*understood(found), *summary(found, account)])
        printed = json.loads("".join(as_json(found, account, preview=True)))
    assert kept(known) == before
    with known.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(events)).scalar_one() == 0
        assert tx.execute(select(func.count()).select_from(imports)).scalar_one() == 0
    assert (dict(account.fates), account.repeated, account.refused, account.rows) == (FATES, 1, 1, 9)
    assert told[What.ADDED] == [
        (2, "nova@noviny.example.org: Jana Nová, oslovení „Vážená paní Nová“."),
        (3, "znama@noviny.example.org: Eva Malá, oslovení „Vážená paní Malá“. Je už na jiném seznamu."),
    ]
    assert told[What.CHANGED] == [
        (
            4,
            "jina@noviny.example.org: Jméno Iva Tmavá → Iva Bílá. Oslovení Vážená paní Tmavá → Vážená paní Bílá.",
        )
    ]
    assert told[What.LEFT] == [
        (6, "odhlasena@noviny.example.org: Odběr tohoto seznamu odhlášen 29.\u00a0října 2026; zůstává odhlášený.")
    ]
    assert told[What.SUPPRESSED] == [
        (
            7,
            "vyrazena@noviny.example.org: Od 29.\u00a0října 2026 se na adresu nepíše: pošta se z ní vracela jako "
            "nedoručitelná. Na seznam se nepřidává.",
        ),
        (
            8,
            "vymazana@noviny.example.org: Od 29.\u00a0října 2026 se na adresu nepíše: její majitel si vyžádal výmaz "
            "svých údajů. Na seznam se nepřidává.",
        ),
    ]
    assert told[What.REPEATED] == [(10, "nova@noviny.example.org: Stejná adresa jako na řádku 2.")]
    assert [number for number, _ in told[What.REFUSED]] == [9]
    assert "UTF-8" in lines and "adresa je „E-mail“" in lines
    assert printed["counts"] | {"rows": 9} == printed["counts"] and printed["counts"]["suppressed"] == 2
    assert {"row": 9, "column": 1, "heading": "E-mail"}.items() <= next(
        row for row in printed["rows"] if row["what"] == "refused"
    ).items()
    assert len(printed["rows"]) == 8


def test_it_is_taken_in_as_it_was_shown(known: Office, file: Path) -> None:
    with read(known, "media", file) as found:
        account = take_in(known, found, NOW, person="koordinator")
        assert [each.number for each in found.spool.told(What.SUPPRESSED)] == [7, 8]
        assert [each.number for each in found.spool.told(What.LEFT)] == [6]
    assert (dict(account.fates), account.repeated, account.refused) == (FATES, 1, 1)
    with known.database.read() as tx:
        rows = tx.execute(
            select(recipients.c.address, recipients.c.name, recipients.c.suppressed)
            .join(memberships, memberships.c.recipient_id == recipients.c.id)
            .where(memberships.c.list_id == "media")
            .order_by(recipients.c.address)
        ).all()
        erased = tx.execute(select(recipients).where(recipients.c.name == "Jan Dávný")).first()
        departed = tx.execute(select(departures.c.left_at)).scalar_one()
        event = tx.execute(select(events)).one()
        done = tx.execute(select(imports)).one()
    assert [tuple(row) for row in rows] == [
        ("jina@noviny.example.org", "Iva Bílá", ""),
        ("nova@noviny.example.org", "Jana Nová", ""),
        ("odhlasena@noviny.example.org", "Ida Dřívější", ""),
        ("stejna@noviny.example.org", "Ema Tichá", ""),
        ("znama@noviny.example.org", "Eva Malá", ""),
    ]
    assert erased is None, "who was erased was made anew"
    assert departed == THEN
    assert (event.kind, event.person) == ("list.imported", "koordinator")
    assert json.loads(event.data) == {
        "list": "media", "added": 2, "present": 2, "repeated": 1, "refused": 1, "suppressed": 2, "left": 1, "before": 0,
    }  # fmt: skip
    assert done.ended_at == NOW and "noviny" not in event.data + done.digest


def test_all_or_nothing_keeps_nothing_of_a_file_with_a_faulty_row(known: Office, file: Path) -> None:
    before = kept(known)
    with read(known, "media", file) as found, pytest.raises(RefusedWhole, match="je jich 1"):
        take_in(known, found, NOW, all_or_nothing=True)
    assert kept(known) == before
    file.write_text(CONTENT.replace("nic;Nikdo;\n", ""), encoding="utf-8")
    with read(known, "media", file) as found:
        account = take_in(known, found, NOW, all_or_nothing=True)
    assert dict(account.fates) == FATES


def test_all_at_once_is_undone_at_once(known: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is broken off in its second chunk has kept nothing of the first."""
    monkeypatch.setattr("worker.audience.importing.taking.CHUNK", 2)
    file = tmp_path / "lidé.csv"
    file.write_text("E-mail\n" + "".join(f"a{number}@x.example.org\n" for number in range(6)))
    before = kept(known)

    def break_off(done: int, of: int) -> None:
        if done == 4:
            raise InterruptedError

    with read(known, "media", file) as found, pytest.raises(InterruptedError):
        take_in(known, found, NOW, all_or_nothing=True, progress=break_off)
    assert kept(known) == before


def interrupted(office: Office, file: Path, *, after: int) -> None:
    def break_off(done: int, of: int) -> None:
        if done == after:
            raise InterruptedError

    with read(office, "media", file) as found, pytest.raises(InterruptedError):
        take_in(office, found, NOW, progress=break_off)


def taken(office: Office, file: Path, list_id: str = "media") -> Account:
    with read(office, list_id, file) as found:
        return take_in(office, found, NOW + timedelta(hours=1))


def test_one_that_was_broken_off_goes_on_where_it_stopped(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.audience.importing.taking.CHUNK", 2)
    file = tmp_path / "lidé.csv"
    file.write_text("E-mail\n" + "".join(f"a{number}@x.example.org\n" for number in range(7)))
    interrupted(office, file, after=4)
    assert len(kept(office)) == 8, "two chunks of two, each a recipient and its place on the list"
    assert taken(office, file, "obce").before == 0, "another list's is an import of its own"
    account = taken(office, file)
    assert (account.before, account.added, account.rows) == (4, 3, 7)
    account = taken(office, file)
    assert (account.before, account.added, account.present) == (0, 0, 7), "one that is over is not gone on with"
    interrupted(office, file, after=2)
    file.write_text(file.read_text() + "b@x.example.org\n")
    assert taken(office, file).before == 0, "the file is another one"


def test_two_of_one_file_at_once_do_not_count_twice(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.audience.importing.taking.CHUNK", 2)
    file = tmp_path / "lidé.csv"
    file.write_text("E-mail\n" + "".join(f"a{number}@x.example.org\n" for number in range(6)))

    def other(done: int, of: int) -> None:
        if done == 2:
            taken(office, file)

    with read(office, "media", file) as found, pytest.raises(HlasatelError, match="právě vkládá někdo jiný"):
        take_in(office, found, NOW, progress=other)
    assert len(kept(office)) == 12


PROGRAM = """
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from worker.audience.importing import taking
    from worker.audience.importing.reading import read
    from worker.cli.wiring import open_office
    taking.CHUNK = 50
    def kill(done, of):
        if done >= 300 and of:
            os.kill(os.getpid(), signal.SIGKILL)
    office = open_office()
    with read(office, "media", Path(sys.argv[1])) as found:
        taking.take_in(office, found, datetime(2026, 12, 8, tzinfo=UTC), progress=kill)
"""


def test_a_killed_one_has_lost_nothing(
    office: Office, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lidé.csv"
    file.write_text("E-mail\n" + "".join(f"a{number}@x.example.org\n" for number in range(1000)))
    for name, value in (("DATABASE_URL", url), ("DATA", str(tmp_path / "data")), ("CONFIG", str(ROOT / "config"))):
        monkeypatch.setitem(os.environ, f"HLASATEL_{name}", value)
    process = python(PROGRAM, str(file))
    _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, err
    account = taken(office, file)
    assert account.before >= 300 and account.before + account.added == 1000
    assert len(kept(office)) == 2000


def test_an_empty_cell_takes_no_name_and_no_kind_away(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "lidé.csv"
    file.write_text("Název;E-mail\nSpolek;spolek@x.example.org\n", encoding="utf-8")
    taken(office, file)
    file.write_text("E-mail;Jméno\nspolek@x.example.org;\n", encoding="utf-8")
    assert taken(office, file).fates == {Fate.SAME: 1}
    with office.database.read() as tx:
        row = tx.execute(select(recipients)).one()
    assert (row.name, row.kind, row.greeting) == ("Spolek", "institution", "")
    file.write_text("E-mail;Jméno;Druh\nspolek@x.example.org;Jan Novák;osoba\n", encoding="utf-8")
    assert taken(office, file).fates == {Fate.CHANGED: 1}
    with office.database.read() as tx:
        row = tx.execute(select(recipients)).one()
    assert (row.name, row.kind, row.greeting) == ("Jan Novák", "person", "Vážený pane Nováku")


def test_the_emptied_row_of_somebody_erased_is_not_filled_again(office: Office, tmp_path: Path) -> None:
    with office.database.write() as tx:
        number = person(tx, "dana", "Dana Malá", "", "obce")
        forget(tx, number, THEN)
    file = tmp_path / "lidé.csv"
    file.write_text(f"E-mail;Jméno\n{number}@erased.invalid;Dana Malá\n", encoding="utf-8")
    with read(office, "media", file) as found:
        assert take_in(office, found, NOW).fates == {Fate.SUPPRESSED: 1}
        (told,) = found.spool.told(What.SUPPRESSED)
    assert told.why == "Na adresu se nepíše: její majitel si vyžádal výmaz svých údajů. Na seznam se nepřidává."
    with office.database.read() as tx:
        assert tx.execute(select(recipients.c.name)).scalar_one() == ""
        assert tx.execute(select(func.count()).select_from(memberships)).scalar_one() == 0


def test_an_institution_is_not_addressed_like_a_person(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "lidé.csv"
    file.write_text("Název;E-mail\nJan Novák;firma@x.example.org\n", encoding="utf-8")
    assert taken(office, file).addressed == 0
    with office.database.read() as tx:
        assert tx.execute(select(recipients.c.greeting)).scalar_one() == ""
