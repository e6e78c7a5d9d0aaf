"""Import of a list: every row that can be used at once, every other one told with its line and reason."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.sample import NOW
from worker.audience.export import members
from worker.audience.importing.taking import CHUNK, Account, import_file
from worker.audience.privacy.export import of_address
from worker.errors import HlasatelError
from worker.office import Office
from worker.store.tables import events, memberships, recipients


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lidé.csv"


def load(office: Office, file: Path, content: str | bytes, list_id: str = "media") -> Account:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_file(office, list_id, file, NOW)


def people(office: Office, list_id: str = "media") -> list[tuple[str, str, str]]:
    with office.database.read() as tx:
        return [(each.address, each.name, each.greeting) for each in members(tx, office, list_id)]


TABLES = [
    "address,name,greeting\njan@noviny.cz,Jan Novák,Vážený pane Nováku\n",
    "\ufeffaddress,name,greeting\r\njan@noviny.cz,Jan Novák,Vážený pane Nováku\r\n",
    "address;name;greeting\njan@noviny.cz;Jan Novák;Vážený pane Nováku",
    "\ufeffAddress; Name; Greeting\n jan@noviny.cz ;  Jan   Novák; Vážený pane Nováku \n\n;;\n",
    '"address","name","greeting"\n"JAN@Noviny.cz","Jan Novák","Vážený pane Nováku"\n',
]


def test_a_table_as_offices_save_it_is_read(office: Office, file: Path) -> None:
    for number, content in enumerate(TABLES):
        result = load(office, file, content)
        assert (result.added, result.present, result.refused) == (number == 0, number != 0, 0), content
        assert people(office) == [("jan@noviny.cz", "Jan Novák", "Vážený pane Nováku")]


def test_names_may_hold_quotes_commas_and_any_letters(office: Office, file: Path) -> None:
    load(
        office,
        file,
        'address,name\na@noviny.cz,"Novák, ml. ""Honza"""\nb@noviny.cz,Šěřžß 👍 Øy\nc@noviny.cz,👩\u200d💻\n',
    )
    assert [name for _, name, _ in people(office)] == ['Novák, ml. "Honza"', "Šěřžß 👍 Øy", "👩\u200d💻"]


def test_a_name_with_a_line_break_is_one_line(office: Office, file: Path) -> None:
    load(office, file, 'address,name,greeting\na@noviny.cz,"Jan\nNovák","Vážený\r\n pane"\n')
    assert people(office) == [("a@noviny.cz", "Jan Novák", "Vážený pane")]


def test_an_international_domain_gets_its_ascii_form(office: Office, file: Path) -> None:
    result = load(office, file, "address,name\njan@háčkyčárky.cz,A\njan@XN--HKYRKY-PTAC70BC.CZ,B\n")
    assert (result.added, result.refused) == (1, 0)
    assert people(office) == [("jan@xn--hkyrky-ptac70bc.cz", "A", "")]


def test_a_local_part_beyond_ascii_is_a_recipient_and_found_again(office: Office, file: Path) -> None:
    result = load(office, file, "address,name\nJiří.Novák@háčkyčárky.cz,Jiří\n")
    assert (result.added, result.refused) == (1, 0)
    assert people(office) == [("jiří.novák@xn--hkyrky-ptac70bc.cz", "Jiří", "")]
    with office.database.read() as tx:
        found = of_address(tx, office, "JIŘÍ.novák@háčkyčárky.cz")
    assert found["address"] == "jiří.novák@xn--hkyrky-ptac70bc.cz"


def test_a_missing_file_a_folder_and_an_unknown_list_are_sentences(office: Office, tmp_path: Path) -> None:
    for path in (tmp_path / "není.csv", tmp_path):
        with pytest.raises(HlasatelError, match=r"\.$"):
            import_file(office, "media", path, NOW)
    with pytest.raises(HlasatelError, match="media-regionalni"):
        import_file(office, "medja", tmp_path / "není.csv", NOW)


def test_the_same_import_again_changes_nothing(office: Office, file: Path) -> None:
    content = "address,name,greeting\na@noviny.cz,A,Dobrý den\nb@noviny.cz,B,\na@noviny.cz,A,Dobrý den\n"
    first = load(office, file, content)
    assert (first.added, first.present, first.repeated) == (2, 0, 1)
    with office.database.read() as tx:
        before = tx.execute(recipients.select().order_by(recipients.c.id)).all(), tx.execute(memberships.select()).all()
    second = import_file(office, "media", file, NOW + timedelta(days=30))
    assert (second.added, second.present, second.repeated) == (0, 2, 1)
    with office.database.read() as tx:
        after = tx.execute(recipients.select().order_by(recipients.c.id)).all(), tx.execute(memberships.select()).all()
    assert after == before


def test_one_address_on_several_lists_is_one_person(office: Office, file: Path) -> None:
    load(office, file, "address,name\njan@noviny.cz,Jan\n", "media")
    load(office, file, "address,name\nJAN@NOVINY.CZ,Jan Novák\n", "obce")
    with office.database.read() as tx:
        assert len(tx.execute(recipients.select()).all()) == 1
    assert people(office, "media") == people(office, "obce") == [("jan@noviny.cz", "Jan Novák", "Vážený pane Nováku")]


def test_a_table_without_greetings_takes_no_greeting_away(office: Office, file: Path) -> None:
    load(office, file, "address,name,greeting\njan@noviny.cz,Jan,Vážený pane\n", "media")
    load(office, file, "address,name\njan@noviny.cz,Jan\n", "obce")
    assert people(office) == [("jan@noviny.cz", "Jan", "Vážený pane")]
    load(office, file, "address,name,greeting\njan@noviny.cz,Jan,\n", "obce")
    assert people(office) == [("jan@noviny.cz", "Jan", "")]


def test_who_has_no_greeting_in_the_file_gets_the_one_the_name_suggests(office: Office, file: Path) -> None:
    result = load(office, file, "address,name\njana@noviny.cz,Ing. Jana Nová\nredakce@noviny.cz,Redakce\n")
    assert result.addressed == 1
    found = [("jana@noviny.cz", "Ing. Jana Nová", "Vážená paní Nová"), ("redakce@noviny.cz", "Redakce", "")]
    assert people(office) == found
    load(office, file, "address,name\njana@noviny.cz,Jana Malá\n")
    assert people(office)[0] == ("jana@noviny.cz", "Jana Malá", "Vážená paní Malá"), "she has married"
    load(office, file, "address,name,greeting\njana@noviny.cz,Jana Malá,Milá Jano\n")
    load(office, file, "address,name\njana@noviny.cz,Jana Nová\n")
    assert people(office)[0] == ("jana@noviny.cz", "Jana Nová", "Milá Jano"), "somebody wrote it for her"
    load(office, file, "address,name,greeting\njana@noviny.cz,Jana Nová,\n")
    assert people(office)[0] == ("jana@noviny.cz", "Jana Nová", "Vážená paní Nová"), "and took it back"


def test_more_rows_than_fit_one_statement(office: Office, file: Path) -> None:
    number = 2 * CHUNK + 7
    content = "address,name\n" + "".join(f"a{each}@noviny.cz,A {each}\n" for each in range(number))
    assert load(office, file, content).added == number
    assert load(office, file, content).present == number
    assert len(people(office)) == number


def test_the_record_tells_numbers_and_no_address(office: Office, file: Path) -> None:
    load(office, file, "address,name\njan@noviny.cz,Jan\nnic,\n")
    with office.database.read() as tx:
        row = tx.execute(events.select()).one()
    assert row.kind == "list.imported"
    nobody = {"present": 0, "repeated": 0, "suppressed": 0, "left": 0, "before": 0}
    assert json.loads(row.data) == {"list": "media", "added": 1, "refused": 1} | nobody
