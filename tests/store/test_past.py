"""What was done before the first start: noted singly or from a table, put right, and never noted by halves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.store.desk import occurrence
from tests.store.planned import BEGUN, offer
from worker.approval import past
from worker.approval.past import What
from worker.errors import HlasatelError, InvalidFiles
from worker.office import Office
from worker.record import events
from worker.record.why import story

PRESS = """\
id: tiskova-zprava
when: leden–říjen 2026
periodicity: 1x za měsíc
activity: Zpráva
place: řádek 1
kinds: [press-release]
lists: [media]
approvers: [tiskovy-mluvci]
"""
POSTS = """\
id: prispevky
periodicity: průběžně
watch: 1x za měsíc
activity: Příspěvky
place: řádek 2
"""
GOOD = """\
Výskyt;Datum;Adresa;Poznámka
tiskova-zprava/2026-03;5. 3. 2026;https://www.example.org/zprava;vyšlo na webu, žlutě, a v novinách
tiskova-zprava/2026-04;05.04.2026 0:00;;
prispevky/2026-02-03;3.2.2026;;
"""


@pytest.fixture
def begun(office: Office) -> Office:
    offer(office, PRESS, POSTS)
    return office


def table(folder: Path, text: str, encoding: str = "cp1250") -> Path:
    file = folder / "hotovo.csv"
    file.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return file


def recorded(office: Office, kind: str) -> list[events.Event]:
    with office.database.read() as tx:
        return events.of_kind(tx, kind)


def note_all(office: Office, file: Path) -> list[What]:
    with office.database.write() as tx:
        return [row.what for row in past.note_all(tx, office, file, BEGUN, person="koordinator")]


def note(office: Office, about: str, on: date | None, address: str = "") -> What:
    with office.database.write() as tx:
        return past.note(
            tx, office, about, BEGUN, reason="bylo", person="koordinator", address=address, on=on, whence="command"
        )


@pytest.mark.parametrize("encoding", ["cp1250", "utf-8-sig", "utf-16"])
def test_a_czech_csv_of_excel_is_noted_and_again_changes_nothing(begun: Office, tmp_path: Path, encoding: str) -> None:
    file = table(tmp_path, GOOD, encoding)
    assert note_all(begun, file) == [What.NOTED] * 3
    march, post = occurrence(begun, "tiskova-zprava/2026-03"), occurrence(begun, "prispevky/2026-02-03")
    assert (march.state, march.done_on) == ("done", date(2026, 3, 5))
    assert (post.state, post.done_on) == ("done", date(2026, 2, 3))
    before = len(recorded(begun, "choice.done"))
    assert note_all(begun, file) == [What.PRESENT] * 3
    assert len(recorded(begun, "choice.done")) == before == 3
    assert note_all(begun, table(tmp_path, GOOD.replace("5. 3. 2026", "6. 3. 2026"))) == [
        What.CORRECTED, What.PRESENT, What.PRESENT,
    ]  # fmt: skip
    assert occurrence(begun, "tiskova-zprava/2026-03").done_on == date(2026, 3, 6)
    with begun.database.read() as tx:
        told = "\n".join(story(tx, begun, "tiskova-zprava/2026-03", BEGUN) or ())
    assert "Stalo se to 5.\xa0března 2026." in told and "opravuje zápis" in told and "vyšlo na webu, žlutě" in told


def test_each_faulty_row_is_told_with_its_line_and_nothing_is_noted(begun: Office, tmp_path: Path) -> None:
    bad = (
        GOOD + "tiskova-zprava/2026-05;31. 2. 2026;;\ntiskova-zprava/2026-06;6. 6. 2026;na webu;\n"
        "tiskova-zprava/2026-13;1. 6. 2026;;\n;1. 6. 2026;;\ntiskova-zprava/2026-03;5. 3. 2026;;\n"
        "tiskova-zprava/2026-07;;;\ntiskova-zprava/2026-08;1. 8. 2031;;\n"
    )
    with pytest.raises(InvalidFiles) as refused:
        note_all(begun, table(tmp_path, bad))
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [
        (5, 2), (6, 3), (7, 1), (8, 1), (9, 1), (10, 2), (11, 2),
    ]  # fmt: skip
    assert "„31. 2. 2026“ není den" in str(refused.value)
    assert "na řádku 2" in refused.value.faults[4].message
    assert occurrence(begun, "tiskova-zprava/2026-03").state == "historical"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Výskyt;Poznámka\nx/2026;a\n", "sloupec: datum"),
        ("a,b\nc,d\n", "sloupec: vyskyt, datum"),
        ("", "sloupec: vyskyt, datum"),
        ("PK\x03\x04", "je sešit, ne CSV"),
        ("Výskyt;Datum;Den\nx/2026;1. 1. 2026;1. 1. 2026\n", "znamenají totéž"),
    ],
)
def test_what_is_no_such_table_is_refused(begun: Office, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(HlasatelError, match=said):
        note_all(begun, table(tmp_path, text))


def test_what_is_noted_singly_is_put_right_and_a_wrong_year_is_refused(begun: Office) -> None:
    about = "tiskova-zprava/2026-09"
    with pytest.raises(HlasatelError, match="teprve přijde"):
        note(begun, about, date(2027, 9, 5))
    with pytest.raises(HlasatelError, match="Zkontrolujte rok"):
        note(begun, about, date(2016, 9, 5))
    assert note(begun, about, None) is What.NOTED
    assert occurrence(begun, about).done_on is None
    assert note(begun, about, date(2026, 9, 5), "https://www.example.org/a") is What.CORRECTED
    assert note(begun, about, date(2026, 9, 5)) is What.PRESENT
    assert [each.data["address"] for each in recorded(begun, "choice.done_anew")] == ["https://www.example.org/a"]
