"""Tables as offices have them: encodings, delimiters, headings, and rows that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.sample import CONFIG, ROOT
from worker.audience.importing.reading import Limits, read
from worker.audience.importing.rows import Row
from worker.audience.importing.spool import Told, What
from worker.errors import HlasatelError
from worker.office import Office
from worker.settings import Inbox, load_lists, load_settings
from worker.store.database import Database


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose database nobody opens."""
    environ = {"HLASATEL_DATA": str(tmp_path_factory.mktemp("data"))}
    settings = load_settings(environ, plan=ROOT / "schedules.yaml", config=CONFIG)
    return Office(settings, {}, load_lists(CONFIG), settings.relay, Database("sqlite://"))


class Looked:
    """What was read of a file."""

    def __init__(self, office: Office, file: Path, sheet: str = "", limits: Limits | None = None) -> None:
        with read(office, "media", file, sheet=sheet, limits=limits or Limits(1000)) as found:
            self.rows: list[Row] = found.spool.after(0, 1000)[0]
            self.told: dict[What, list[Told]] = {what: list(found.spool.told(what)) for what in What}
            self.encoding, self.sheet, self.ignored = found.encoding, found.sheet, found.headings.ignored


Look = Callable[..., Looked]


@pytest.fixture
def look(office: Office, tmp_path: Path) -> Look:
    def looked(content: str | bytes, sheet: str = "", limits: Limits | None = None) -> Looked:
        file = tmp_path / "lidé.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Looked(office, file, sheet, limits)

    return looked


CZECH = "E-mail;Jméno;Příjmení;Oslovení\r\nriha@obec.example.org;Žofie;Říhová;Vážená paní Říhová\r\n"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1250", "Windows-1250"),
        ("iso8859-2", "ISO-8859-2"),
    ],
)
def test_every_encoding_an_office_saves_is_found_out_and_said(look: Look, encoding: str, said: str) -> None:
    found = look(CZECH.encode(encoding))
    assert found.encoding == said
    assert found.rows == [Row(2, "riha@obec.example.org", "Žofie Říhová", "Vážená paní Říhová", None)]


def test_a_letter_far_down_tells_the_encoding_too(look: Look) -> None:
    content = "E-mail;Jméno a příjmení\n".replace("é", "e").replace("ř", "r").replace("í", "i")
    content += "a@obec.example.org;A\n" * 70_000 + "b@obec.example.org;Šárka\n"
    found = look(content.encode("cp1250"), limits=Limits(100_000))
    assert found.encoding == "Windows-1250"
    assert [row.name for row in found.rows] == ["A", "Šárka"]


def test_the_delimiter_is_the_one_of_the_headings(look: Look) -> None:
    for content in (
        "E-mail,Jméno\na@obec.example.org,A; B; C; D\n",
        "E-mail;Jméno\na@obec.example.org;A, B, C, D, E\n",
        "E-mail\tJméno\na@obec.example.org\tA, B; C\n",
        '"E-mail";"Jméno"\n"a@obec.example.org";"A, B"\n',
        "sep=;\r\nE-mail;Jméno\r\na@obec.example.org;A\r\n",
        "Adresář obcí, stav k 1. 1. 2026\n\nE-mail;Jméno\na@obec.example.org;A\n",
    ):
        (row,) = look(content).rows
        assert (row.address, row.name[0]) == ("a@obec.example.org", "A"), content


HEADINGS = [
    ("address,name", "a@x.cz,Jan Novák", ("Jan Novák", None, None)),
    ("Address,Name,Greeting", "a@x.cz,Jan,Milý Jane", ("Jan", "Milý Jane", None)),
    ("E-mailová adresa;Celé jméno", "a@x.cz;Jan Novák", ("Jan Novák", None, None)),
    ("Příjmení a jméno;E-mail:", "Novák Jan;a@x.cz", ("Novák Jan", None, None)),
    ("Jméno;E-mail", "Jan Novák;a@x.cz", ("Jan Novák", None, None)),
    ("TITUL PŘED;JMÉNO;PŘÍJMENÍ;TITUL ZA;MAIL", "Ing.;Jana;Nová;Ph.D.;a@x.cz", ("Ing. Jana Nová, Ph.D.", None, None)),
    ("Název obce;E-mail", "Obec Vzorov;a@x.cz", ("Obec Vzorov", None, "institution")),
    ("Organizace;Jméno a příjmení;E-mail", "Spolek;Jan Novák;a@x.cz", ("Jan Novák", None, "person")),
    ("Organizace;Jméno a příjmení;E-mail", "Spolek;;a@x.cz", ("Spolek", None, "institution")),
    ("Druh;Název;E-mail", "instituce;Spolek;a@x.cz", ("Spolek", None, "institution")),
    ("Druh;Jméno;E-mail", "Osoba;Jan Novák;a@x.cz", ("Jan Novák", None, "person")),
    ("Jméno;Adresa;E-mail", "Jan Novák;Vzorov 1;a@x.cz", ("Jan Novák", None, None)),
    ("Jméno;Adresa", "Jan Novák;a@x.cz", ("Jan Novák", None, None)),
    ("E-mail", "a@x.cz", ("", None, None)),
]


@pytest.mark.parametrize(("headings", "row", "read_as"), HEADINGS)
def test_the_office_s_own_headings_are_understood(
    look: Look, headings: str, row: str, read_as: tuple[str, str | None, str | None]
) -> None:
    (found,) = look(f"{headings}\n{row}\n").rows
    assert (found.address, found.name, found.written, found.kind) == ("a@x.cz", *read_as)


def test_a_column_that_is_not_taken_is_said(look: Look) -> None:
    found = look("E-mail;Telefon;Jméno; PSČ \na@obec.example.org;123;Jan;460 01\n")
    assert found.ignored == ("Telefon", "PSČ")
    assert found.rows == [Row(2, "a@obec.example.org", "Jan", None, None)]


BAD = [
    ("=?utf-8?q?a=0D=0ABcc=3A?=@noviny.cz,Jan", 1, "=?utf-8?q?a=0D=0ABcc=3A?=@noviny.cz"),
    ("jan@noviny.cz@jine.cz,Jan", 1, "jan@noviny.cz@jine.cz"),
    ("jan@noviny.cz / eva@noviny.cz,Jan", 1, "víc adres (jan@noviny.cz / eva@noviny.cz)"),
    (f"{'a' * 400}@noviny.cz,Jan", 1, "a" * 80),
    ("jan.noviny.cz,Jan", 1, "jan.noviny.cz"),
    ("jan@noviny,Jan", 1, "jan@noviny"),
    (",Jan", 1, "Chybí adresa"),
    ("jan novák@noviny.cz,Jan", 1, "jan novák@noviny.cz"),
    ("jan@noviny.cz\x07,Jan", 1, "�"),
    ('"jan@noviny.cz\nBcc: x@y.cz",Jan', 1, "jan@noviny.cz"),
    ("jan@noviny.cz,Jan\x07", 2, "neviditelné znaky"),
    ("jan@noviny.cz,Jan\u202eák", 2, "neviditelné znaky"),
    (f"jan@noviny.cz,{'x' * 201}", 2, "delší než 200"),
    ("jan@noviny.cz,Novák, Jan", 3, "uvozovek"),
    ("jan@noviny.cz,Jan,,Vážený pane", 3, "uvozovek"),
]


@pytest.mark.parametrize(("row", "column", "shown"), BAD)
def test_a_row_that_cannot_be_used_is_told_with_its_row_column_and_reason(
    look: Look, row: str, column: int, shown: str
) -> None:
    found = look(f"address,name\na@noviny.cz,A\n\n{row}\nb@noviny.cz,B\n")
    (told,) = found.told[What.REFUSED]
    assert (told.number, told.column) == (4 + row.count("\n"), column)
    assert shown in told.why and told.why.endswith(".") and told.why.isprintable()
    assert [each.address for each in found.rows] == ["a@noviny.cz", "b@noviny.cz"]


def test_what_surrounds_an_address_that_was_copied_is_taken_off(look: Look) -> None:
    for address in (" A@X.cz\u00a0", "mailto:a@x.cz", "a@x.cz;", "\u200ba@x.cz", "MAILTO:a@x.cz,"):
        assert [row.address for row in look(f'E-mail\n"{address}"\n').rows] == ["a@x.cz"], address


def test_an_unknown_kind_is_refused_rather_than_guessed(look: Look) -> None:
    found = look("Druh;E-mail\nněco;a@x.cz\nORGANIZACE;b@x.cz\n")
    assert [(told.number, told.column) for told in found.told[What.REFUSED]] == [(2, 1)]
    assert [(row.address, row.kind) for row in found.rows] == [("b@x.cz", "institution")]


def test_empty_cells_at_the_end_and_empty_rows_are_nothing(look: Look) -> None:
    found = look("address;name;;\njan@noviny.cz;Jan;;;\n;;\n  ;\u00a0;\n")
    assert ([row.name for row in found.rows], found.told[What.REFUSED]) == (["Jan"], [])


def test_repeated_addresses_are_told_with_the_row_that_counts(look: Look) -> None:
    found = look("E-mail;Jméno\na@x.cz;A\nb@x.cz;B\nA@X.CZ;C\na@x.cz;D\n")
    assert [row.name for row in found.rows] == ["A", "B"]
    assert [(told.number, told.address, told.why) for told in found.told[What.REPEATED]] == [
        (4, "a@x.cz", "2"), (5, "a@x.cz", "2"),
    ]  # fmt: skip


def test_our_own_addresses_and_those_of_roles_are_told_and_taken(look: Look, office: Office) -> None:
    sender = office.settings.mail.from_address
    domain = sender.partition("@")[2]
    others = ("info@obec.cz", "zpravy-request@obec.cz", "info@obec.cz", "jana@obec.cz", "informace@obec.cz")
    content = "\n".join(("E-mail", sender, f"nekdo@{domain}", *others))
    found = look(content)
    assert len(found.rows) == 6
    assert [told.number for told in found.told[What.OWN]] == [2, 3]
    assert [told.number for told in found.told[What.ROLE]] == [4, 5]


def test_the_mailbox_of_answers_and_the_domain_of_the_pages_are_our_own(office: Office, tmp_path: Path) -> None:
    inbox = Inbox(maildir=tmp_path, address="odpovedi@posta.example.net", bounce_address="vracene@zpet.example.net")
    settings = replace(office.settings, base_url="https://hlasatel.jinde.example.net/cesta", inbox=inbox)
    file = tmp_path / "a.csv"
    file.write_text(
        "E-mail\nkdo@hlasatel.jinde.example.net\nodpovedi@posta.example.net\nkdo@jinde.example.net\n"
        "vracene+x@zpet.example.net\n"
    )
    assert [told.number for told in Looked(replace(office, settings=settings), file).told[What.OWN]] == [2, 3, 5]


NO_TABLES: list[tuple[str | bytes, str]] = [
    ("", "E-mail"),
    ("jan@noviny.cz,Jan\n", "jan@noviny.cz, Jan"),
    ("jméno,telefon\nJan,123\n", "jméno, telefon"),
    ("E-mail;Mail\na@noviny.cz;A\n", "„E-mail“ a „Mail“"),
    ('address,name\na@noviny.cz,A\nb@noviny.cz,"B\n', "řádku 3"),
    (b"address,name\na@noviny.cz,\x81\x8d\x88\n", "nejdou přečíst"),
    (b"\xff\xfeE\0-\0m\0a\0i\0l\0\n\0a", "nejdou přečíst"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
    (b"PK\x03\x04", "poškozený"),
    ("E-mail\n" + "a" * (1 << 19), "řádku"),
    ("E-mail\n" + "a," * (1 << 18), "řádku"),
]


@pytest.mark.parametrize(("content", "said"), NO_TABLES)
def test_a_file_that_is_no_such_table_is_refused_whole(look: Look, content: str | bytes, said: str) -> None:
    with pytest.raises(HlasatelError, match=re.escape(said)) as raised:
        look(content)
    assert str(raised.value).endswith(".")


def test_more_rows_than_are_allowed_are_refused(look: Look) -> None:
    content = "E-mail\n" + "".join(f"a{number}@x.cz\n" for number in range(4))
    assert len(look(content, limits=Limits(4)).rows) == 4
    with pytest.raises(HlasatelError, match="víc než 3"):
        look(content, limits=Limits(3))
