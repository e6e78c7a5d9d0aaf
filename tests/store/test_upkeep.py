"""What the coordinator changes about single recipients: found, added, moved, taken off, stopped, and who did it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select, update

from tests.store.sample import NOW, add_people, address
from worker.audience.importing.rows import Kind
from worker.audience.members import Addressed, size
from worker.audience.suppression import Reason, suppress, suppression_of
from worker.audience.upkeep import changing, finding, spreadsheet
from worker.audience.upkeep.changing import Hand
from worker.errors import HlasatelError
from worker.office import Office
from worker.store.tables import departures, events, memberships, recipients


@pytest.fixture
def hand(office: Office) -> Hand:
    return Hand(office, "koordinator", NOW)


def lists(tx: Connection, recipient_id: int) -> list[str]:
    own = select(memberships.c.list_id).where(memberships.c.recipient_id == recipient_id)
    return list(tx.execute(own.order_by(memberships.c.list_id)).scalars())


def recorded(tx: Connection) -> list[tuple[str, str, dict[str, object]]]:
    rows = tx.execute(select(events.c.kind, events.c.person, events.c.data).order_by(events.c.seq))
    return [(row.kind, row.person, json.loads(row.data)) for row in rows]


def test_each_change_is_made_and_recorded_with_who_made_it(hand: Hand) -> None:
    with hand.office.database.write() as tx:
        who = changing.add(tx, hand, " Redakce@Noviny.Example.org ", " Redakce  Novin ", Kind.INSTITUTION, "obce")
        changing.put_on(tx, hand, who, "jini")
        changing.move(tx, hand, who, "obce", "media-regionalni")
        changing.take_off(tx, hand, who, "jini")
        assert lists(tx, who) == ["media-regionalni"]
        changing.stop(tx, hand, who)
        assert size(tx, hand.office, Addressed(("media",)), NOW) == 0
        changing.start(tx, hand, who)
        assert size(tx, hand.office, Addressed(("media",)), NOW) == 1
        row = tx.execute(select(recipients).where(recipients.c.id == who)).one()
        assert (row.address, row.name, row.kind, row.greeting, row.suppressed) == (
            "redakce@noviny.example.org", "Redakce Novin", "institution", "", "",
        )  # fmt: skip
        assert recorded(tx) == [
            ("recipient.added", "koordinator", {"recipient": who, "list": "obce"}),
            ("recipient.added", "koordinator", {"recipient": who, "list": "jini"}),
            ("recipient.moved", "koordinator", {"recipient": who, "list": "media-regionalni", "old": "obce"}),
            ("recipient.taken_off", "koordinator", {"recipient": who, "list": "jini"}),
            ("recipient.stopped", "koordinator", {"recipient": who}),
            ("recipient.started", "koordinator", {"recipient": who}),
        ]
        found = finding.card(tx, hand.office, who)
        assert found is not None and [each.kind for each in found.changes] == [
            "recipient.started", "recipient.stopped", "recipient.taken_off", "recipient.moved", "recipient.added",
            "recipient.added",
        ]  # fmt: skip


def test_a_person_is_greeted_by_her_name_and_a_known_one_keeps_hers(hand: Hand) -> None:
    with hand.office.database.write() as tx:
        who = changing.add(tx, hand, "jana@urad.example.org", "Jana Nováková", Kind.PERSON, "obce")
        assert changing.add(tx, hand, "jana@urad.example.org", "Jiná", Kind.PERSON, "jini") == who
        row = tx.execute(select(recipients).where(recipients.c.id == who)).one()
    assert (row.name, row.greeting) == ("Jana Nováková", "Vážená paní Nováková")


@pytest.mark.parametrize("reason", Reason)
def test_who_is_suppressed_is_put_on_no_list_by_hand(hand: Hand, reason: Reason) -> None:
    with hand.office.database.write() as tx:
        (who,) = add_people(tx, "obce", [1])
        suppress(tx, hand.office, address(1), reason, NOW)
        for attempt in (
            lambda: changing.put_on(tx, hand, who, "jini"),
            lambda: changing.add(tx, hand, address(1), "", Kind.PERSON, "jini"),
        ):
            with pytest.raises(HlasatelError, match=r"od 8\.\sprosince 2026 nepíše"):
                attempt()
        assert lists(tx, who) == ["obce"]


@pytest.mark.parametrize(
    ("reason", "hers"), [("bounce", True), ("coordinator", True), ("asked", False), ("complaint", False)]
)
def test_only_what_she_stopped_or_what_came_back_may_she_begin_again(hand: Hand, reason: str, hers: bool) -> None:
    with hand.office.database.write() as tx:
        (who,) = add_people(tx, "obce", [1])
        suppress(tx, hand.office, address(1), Reason(reason), NOW)
        found = finding.card(tx, hand.office, who)
        assert found is not None and found.may_resume is hers
        if hers:
            changing.start(tx, hand, who)
        else:
            with pytest.raises(HlasatelError, match="Zasílání obnovit nejde"):
                changing.start(tx, hand, who)
        assert (suppression_of(tx, hand.office, address(1)) is None) is hers


REFUSED: dict[str, tuple[Callable[[Connection, Hand, int], object], str]] = {
    "no list": (lambda tx, hand, who: changing.put_on(tx, hand, who, "neni"), "Vyberte seznam"),
    "on it": (lambda tx, hand, who: changing.put_on(tx, hand, who, "obce"), "už adresát je"),
    "not on it": (lambda tx, hand, who: changing.take_off(tx, hand, who, "jini"), "už adresát není"),
    "moved from elsewhere": (lambda tx, hand, who: changing.move(tx, hand, who, "jini", "media"), "už adresát není"),
    "has left": (lambda tx, hand, who: changing.put_on(tx, hand, who, "vsichni"), "sám ukončil"),
    "gone": (lambda tx, hand, who: changing.stop(tx, hand, who + 1), "Takový adresát tu není"),
    "no address": (lambda tx, hand, who: changing.add(tx, hand, "nic", "", Kind.PERSON, "jini"), "„nic“"),
    "hidden": (lambda tx, hand, who: changing.add(tx, hand, "a@b.example.org", "a\u202eb", Kind.PERSON, "jini"), "200"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_a_sentence(hand: Hand, what: str) -> None:
    attempt, said = REFUSED[what]
    with hand.office.database.write() as tx:
        (who,) = add_people(tx, "obce", [1])
        tx.execute(departures.insert().values(recipient_id=who, list_id="vsichni", left_at=NOW))
        with pytest.raises(HlasatelError, match=said):
            attempt(tx, hand, who)
        assert recorded(tx) == []


def test_a_search_is_by_address_or_name_and_ends(hand: Hand) -> None:
    office = hand.office
    with office.database.write() as tx:
        people = add_people(tx, "obce", range(30))
        tx.execute(update(recipients).where(recipients.c.id == people[0]).values(name="Šárka Říhová"))
        for words in ("šárka", "ŘÍHOVÁ", "Říhov", "clovek-000", "CLOVEK-000@"):
            assert [row.id for row in finding.search(tx, office, words).rows] == [people[0]], words
        first, second = finding.search(tx, office, "clovek"), finding.search(tx, office, "clovek", 2)
        assert (len(first.rows), first.more, len(second.rows), second.more) == (25, True, 5, False)
        assert not {row.id for row in first.rows} & {row.id for row in second.rows}
        for wild in ("___", "%%%", "clovek_000"):
            assert finding.search(tx, office, wild).rows == ()
        with pytest.raises(HlasatelError, match="alespoň 3"):
            finding.search(tx, office, " ab ")


def test_a_search_shows_no_more_than_its_pages(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_PAGES", 2)
    monkeypatch.setattr(finding, "A_PAGE", 3)
    with hand.office.database.write() as tx:
        add_people(tx, "obce", range(9))
        for page in (2, 3, 99):
            found = finding.search(tx, hand.office, "clovek", page)
            assert (len(found.rows), found.page, found.more, found.too_many) == (3, 2, False, True)


def test_a_suppressed_address_of_nobody_is_told_when_sought(hand: Hand) -> None:
    with hand.office.database.write() as tx:
        suppress(tx, hand.office, "pryc@posta.example.org", Reason.ERASED, NOW)
        found = finding.search(tx, hand.office, "Pryc@posta.example.org")
        assert found.suppressed is not None and found.suppressed.reason == "erased"
        assert finding.search(tx, hand.office, "pryc").suppressed is None


def test_a_list_is_taken_along_as_a_table_without_formulas(hand: Hand) -> None:
    office = hand.office
    with office.database.write() as tx:
        one, _, three = add_people(tx, "media-regionalni", [1, 2, 3])
        add_people(tx, "media", [3])
        evil = '=HYPERLINK("https://zly.example.org";"x")'
        tx.execute(update(recipients).where(recipients.c.id == one).values(name=evil, greeting="@SUM(1)"))
        suppress(tx, office, address(2), Reason.BOUNCE, NOW)
        tx.execute(departures.insert().values(recipient_id=three, list_id="media", left_at=NOW))
        pieces = "".join(spreadsheet.export(tx, office, "media", NOW))
        with pytest.raises(HlasatelError, match="medja"):
            spreadsheet.export(tx, office, "medja", NOW)
    assert pieces.startswith('\ufeff"address";"name"')
    head, *rows = csv.reader(io.StringIO(pieces[1:]), delimiter=";")
    assert head == list(spreadsheet.COLUMNS)
    assert [row[0] for row in rows] == [address(1), address(2), address(3)]
    assert [row[-1] for row in rows] == ["yes", "suppressed: bounce", "left"]
    assert rows[0][1:3] == [f"'{evil}", "'@SUM(1)"]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "|cmd", "%x"])
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert spreadsheet.safe(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are() -> None:
    assert [spreadsheet.safe(each) for each in ("", "Jana = Nová", "a@b.cz", "'x")] == [
        "",
        "Jana = Nová",
        "a@b.cz",
        "'x",
    ]
