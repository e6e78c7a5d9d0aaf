"""Whether the record is whole: any change is found, exactly where it is, also one that leaves the chain in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, text, update

from tests.fixtures.office import Office as Commands
from tests.store.desk import ASKED, SEND, approve, asked, at_work, work_at
from tests.store.sample import NEWSLETTER, NOW, PRESS, add_people
from worker.dossier import verified
from worker.dossier.verified import Verified
from worker.drafting.digest import draft_digest, package_digest
from worker.jobs.seal_record import EVERY, SealRecord
from worker.office import Office
from worker.record import chain, events, seals
from worker.record.seals import Seal
from worker.store import tables
from worker.store.database import Database

LINES = 9
FIELDS: dict[str, list[Any]] = {
    "at": [NOW + timedelta(microseconds=1), NOW - timedelta(days=1)],
    "kind": ["plan.refused", "", "plan.taken_up "],
    "occurrence_id": [None, "", NEWSLETTER],
    "person": [None, "", "asz"],
    "data": ["{}", '{"number": 3}', ""],
    "previous": ["0" * 64, ""],
    "hash": ["0" * 64, "f" * 63],
}


def write(database: Database, number: int = LINES) -> None:
    with database.write() as tx:
        for each in range(number):
            events.append(tx, "plan.taken_up", NOW, occurrence=PRESS, person="koordinator", number=each)


def look(database: Database, *against: Seal) -> Verified:
    with database.read() as tx:
        return verified.verify(tx, against)


def lines(tx: Connection) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in tx.execute(select(tables.events).order_by(tables.events.c.seq))]


def put_back(tx: Connection, rows: list[dict[str, Any]]) -> None:
    tx.execute(delete(tables.events))
    tx.execute(tables.events.insert(), rows)


class Undo(Exception):
    pass


def found_after(database: Database, change: Callable[[Connection], None], seal: Seal) -> Verified:
    """What is found when this was done to the database, which is then undone."""
    try:
        with database.write() as tx:
            change(tx)
            found = verified.verify(tx, [seal])
            raise Undo
    except Undo:
        return found


def spoil(tx: Connection, how: str, seq: int, other: int, field: str, value: Any, forging: bool) -> None:
    """One change of one line. With `forging` every hash from there on is made to fit, as a thorough forger would."""
    rows = lines(tx)
    own = rows[seq - 1]
    if how == "field":
        own[field] = value
    elif how == "remove":
        rows.remove(own)
    elif how == "insert":
        rows.insert(seq, own | {"hash": "1" * 64})
    elif how == "swap":
        rows[seq - 1], rows[other - 1] = rows[other - 1], rows[seq - 1]
    if how != "field":
        for number, row in enumerate(rows, start=1):
            row["seq"] = number if forging or how != "remove" else row["seq"]
    if forging:
        previous = ""
        for row in rows:
            row["previous"] = previous
            values = (row["seq"], row["at"], row["kind"], row["occurrence_id"], row["person"], row["data"])
            row["hash"] = previous = chain.line_hash(row["previous"], *values)
    put_back(tx, rows)


def test_any_single_change_is_found(sqlite_url: str) -> None:
    """Also with all hashes made anew: then by a seal that was kept elsewhere."""
    database = Database(sqlite_url)
    database.bring_up_to_date()
    write(database)
    with database.read() as tx:
        before, seal = lines(tx), seals.head(tx)
    assert seal is not None

    @settings(max_examples=60)
    @given(
        how=st.sampled_from(["field", "remove", "insert", "swap"]), seq=st.integers(1, LINES),
        other=st.integers(1, LINES), field=st.sampled_from(sorted(FIELDS)), which=st.integers(0, 2),
        forging=st.booleans(),
    )  # fmt: skip
    def found(how: str, seq: int, other: int, field: str, which: int, forging: bool) -> None:
        value = FIELDS[field][which % len(FIELDS[field])]
        found = found_after(database, lambda tx: spoil(tx, how, seq, other, field, value, forging), seal)
        nothing = (how == "swap" and seq == other) or (how == "field" and before[seq - 1][field] == value)
        nothing = nothing or (forging and how == "field" and field in ("previous", "hash"))
        nothing = nothing or (forging and how == "insert" and seq == LINES)  # a line more at the end is just one more
        assert found.whole is nothing, (how, seq, other, field, value, forging)
        if not found.whole and not forging and how == "field":
            assert found.faults[0].seq == seq and (field == "occurrence_id" or found.faults[0].occurrence == PRESS)

    found()
    assert look(database, seal).whole
    database.close()


def test_a_whole_record_is_sealed_and_found_so_years_later(database: Database) -> None:
    assert look(database).whole and look(database).head is None
    write(database)
    with database.write() as tx:
        seal = seals.head(tx)
        assert seal is not None
        seals.keep(tx, seal, NOW)
    write(database, 3)
    found = look(database, seal)
    assert (found.whole, found.lines, found.seals) == (True, LINES + 3, 1)
    assert seals.read(f"> {str(seal)[:50]}=\n> {str(seal)[50:]}") == (seal,) == seals.read(f"x {seal}\n{seal} y")
    assert seals.read("hlasatel-seal:1:abc") == ()


def test_a_cut_off_end_is_found_by_the_seal(database: Database) -> None:
    write(database)
    with database.write() as tx:
        seal = seals.head(tx)
        tx.execute(delete(tables.events).where(tables.events.c.seq > 6))
    assert seal is not None and look(database).whole, "nothing inside tells of it"
    found = look(database, seal)
    assert verified.told(found) == [
        f"Pečeť zná řádek {LINES} (zadaná), záznam ale končí řádkem 6: konec záznamu je odříznutý."
    ]


def test_what_cannot_even_be_read_is_a_fault_like_any_other(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.bring_up_to_date()
    write(database)
    for field, value in (("at", "'včera'"), ("at", "42"), ("data", "x'ff00'"), ("kind", "x'80'"), ("person", "1.5")):
        try:
            with database.write() as tx:
                tx.execute(text(f'UPDATE events SET "{field}" = {value} WHERE seq = 4'))
                found = verified.verify(tx, [])
                raise Undo
        except Undo:
            assert [each.seq for each in found.faults] == [4], (field, value)
    database.close()


def test_faults_are_told_with_their_place(database: Database) -> None:
    write(database)
    with database.write() as tx:
        tx.execute(delete(tables.events).where(tables.events.c.seq.in_([3, 4])))
        tx.execute(update(tables.events).where(tables.events.c.seq == 7).values(person="asz"))
    found = look(database)
    assert verified.told(found) == [
        "Řádky 3 až 4 chybějí.", f"Řádek 7 ({PRESS}, plan.taken_up) je jiný, než jak byl zapsán.",
    ]  # fmt: skip
    told = verified.as_json(found)
    assert (told["whole"], told["lines"], [each["seq"] for each in told["faults"]]) == (False, LINES - 2, [3, 7])


@pytest.fixture
def decided(office: Office) -> Office:
    """The December press release: returned by nobody, approved, mailed to three."""
    link = asked(office)
    with office.database.write() as tx:
        add_people(tx, "media", [1, 2, 3])
    approve(office, link, ASKED)
    work_at(office, SEND)
    return office


def spoilt(office: Office, change: Callable[[Connection], Any]) -> list[str]:
    with office.database.read() as tx:
        seal = seals.head(tx)
    assert seal is not None
    return verified.told(found_after(office.database, change, seal))


@pytest.mark.usefixtures("already_asked")
def test_what_the_record_speaks_of_is_compared_with_it(decided: Office) -> None:
    found = look(decided.database)
    assert found.whole, verified.told(found)
    assert found.looked.decisions == 1 and found.looked.mailings and found.looked.drafts >= found.looked.versions >= 2
    drafts, packages, decisions = tables.drafts, tables.packages, tables.decisions
    of_press = select(packages.c.id).where(packages.c.occurrence_id == PRESS).scalar_subquery()
    own = drafts.c.package_id == of_press, drafts.c.kind == "press-release"
    (said,) = spoilt(decided, lambda tx: tx.execute(update(drafts).where(*own).values(text="jiný")))
    assert said == f"{PRESS}, verze 1: text „press-release“ není ten, ze kterého je jeho otisk."
    (said,) = spoilt(decided, lambda tx: tx.execute(delete(decisions)))
    assert "rozhodnutí (tiskovy-mluvci) v databázi chybí" in said and "Říká to řádek" in said
    assert len(spoilt(decided, lambda tx: tx.execute(update(decisions).values(comment="ano, ale")))) == 2
    assert spoilt(decided, lambda tx: tx.execute(update(tables.mailings).values(audience=2)))
    assert spoilt(decided, lambda tx: tx.execute(update(packages).values(digest="0" * 64)))


@pytest.mark.usefixtures("already_asked")
def test_a_forger_who_makes_the_digests_fit_is_found_by_the_record(decided: Office) -> None:
    def forge(tx: Connection) -> None:
        row = tx.execute(select(tables.packages).where(tables.packages.c.occurrence_id == PRESS)).one()
        draft = tx.execute(select(tables.drafts).where(tables.drafts.c.package_id == row.id)).first()
        assert draft is not None
        digest = draft_digest(draft.kind, draft.channel, "Jiný titulek", draft.html, draft.text, draft.files)
        tx.execute(
            update(tables.drafts).where(tables.drafts.c.id == draft.id).values(subject="Jiný titulek", digest=digest)
        )
        digests = tx.execute(
            select(tables.drafts.c.digest)
            .where(tables.drafts.c.package_id == row.id)
            .order_by(tables.drafts.c.position)
        ).scalars()
        whole = package_digest(list(digests), row.lists, row.send_at, row.headings, row.places)
        tx.execute(update(tables.packages).where(tables.packages.c.id == row.id).values(digest=whole))

    (said,) = spoilt(decided, forge)
    assert f"{PRESS}, verze 1: v databázi chybí nebo má jiný otisk než v záznamu" in said


def test_the_commands_seal_and_verify(sqlite_office: Commands, tmp_path: Path) -> None:
    sqlite_office.tick("2026-12-01T10:00")
    sealed = sqlite_office.run("record", "seal").strip()
    (tmp_path / "peceti.txt").write_text(f"Předmět: pečeť\n\n  {sealed}\n", encoding="utf-8")
    sqlite_office.tick("2026-12-02T10:00")
    whole = sqlite_office.run("record", "verify", "--against", sealed, "--against", str(tmp_path / "peceti.txt"))
    assert "Záznam je celý a nezměněný" in whole
    sqlite_office.run("record", "verify", "--against", "nic", code=1)
    told = json.loads(sqlite_office.run("record", "verify", "--format", "json"))
    assert told["whole"] and told["lines"] > 3
    end = Database(sqlite_office.database_url)
    with end.write() as tx:
        seq = tx.execute(select(tables.events.c.seq).order_by(tables.events.c.seq.desc()).limit(1)).scalar_one()
        tx.execute(update(tables.events).where(tables.events.c.seq == seq).values(person="asz"))
        tx.execute(delete(tables.seals))
    end.close()
    told = json.loads(sqlite_office.run("record", "verify", "--format", "json", code=1))
    assert [(each["what"], each["seq"]) for each in told["faults"]] == [("changed", seq)]


def test_the_seal_is_mailed_every_thirty_days(office: Office) -> None:
    work_at(office, ASKED)
    first = ASKED + EVERY
    with at_work(office, first) as shift:
        assert not SealRecord().do_one(shift, first - timedelta(days=1))
        assert SealRecord().do_one(shift, first) and not SealRecord().do_one(shift, first)
        assert not SealRecord().do_one(shift, first + EVERY), "nothing was recorded since"
    with office.database.write() as tx:
        events.append(tx, "plan.taken_up", first)
    with at_work(office, first + EVERY) as shift:
        assert SealRecord().do_one(shift, first + EVERY)
    with office.database.write() as tx:
        events.append(tx, "plan.taken_up", first)
    with at_work(office, first) as shift:
        assert SealRecord().do_one(shift, first), "the clock was ahead when the last one was made"
    with office.database.read() as tx:
        mails = tx.execute(select(tables.notices).where(tables.notices.c.kind == "record_sealed")).all()
    assert [each.person for each in mails] == ["koordinator"] * 3
    assert look(office.database, *(seal for each in mails for seal in seals.read(each.data["seal"]))).whole
