"""The export for the records office as PDF/A with its marks, and the one without personal data."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, update

from tests.fixtures.office import Office as Commands
from tests.store.desk import ASKED, SEND, asked, work_at
from tests.store.sample import PRESS, add_people, address
from tests.store.test_dossier import Text
from worker.approval import decide
from worker.approval.decide import Choice
from worker.dossier.marks import Marks
from worker.dossier.page import Edition, Made, edition
from worker.dossier.redaction import Redaction, looks_personal
from worker.errors import HlasatelError
from worker.forms.printing import archived
from worker.office import Office
from worker.record import comments
from worker.record.comments import Via
from worker.store.tables import consents, contributions, occurrences

MARKS = Marks.of(" KULK  123/2026 ", "176.1", "s 5")
PLANTED = (
    "Jana Vopičková", "Vopičkové", "VOPIČKOVÁ", "Karel Šídlo", "Šídlovi", "485 226 111", "+420 777 123 456",
    "vopickova@soukrome.example.org", "765412/1234", "10.1.2.3", "Božena Tajná", "Tajné", "Radim Podepsaný",
)  # fmt: skip
WORDS = (
    "Volala Jana Vopičková (Vopičkové tel. 485 226 111, +420 777 123 456, vopickova@soukrome.example.org), VOPIČKOVÁ"
    " to potvrdila; rodné číslo 765412/1234. Šídlovi to dám vědět z 10.1.2.3, Boženě Tajné také. Karel Šídlo"
)


def made(office: Office, **which: Any) -> Made:
    with office.database.read() as tx:
        found = edition(tx, office, PRESS, SEND, Edition(**which))
    assert found is not None
    return found


@pytest.fixture
def planted(office: Office) -> Office:
    """The December press release with names, numbers and addresses in every place where people write."""
    named = dict(office.people)
    for key, name in (("tiskovy-mluvci", "Mgr. Jana Vopičková"), ("koordinator", "Karel Šídlo, DiS.")):
        named[key] = named[key].model_copy(update={"name": name})
    office = replace(office, people=named)
    link = asked(office)
    decide.decide(office, link, Choice.RETURN, WORDS, ASKED, whence="page 10.1.2.3")
    decide.take_back(office, link, ASKED)
    decide.decide(office, link, Choice.APPROVE, WORDS, ASKED, whence="page 10.1.2.3")
    with office.database.write() as tx:
        add_people(tx, "media", [1, 2])
        comments.add(tx, PRESS, "reditel", WORDS, ASKED, package_id=None, via=Via.REPLY)
        of_it = {"occurrence_id": PRESS, "noted_by": "koordinator", "noted_at": ASKED}
        tx.execute(insert(consents).values(subject="Božena Tajná", given_by="person", **of_it))
        sent = {
            "signed": "Radim Podepsaný",
            "text": WORDS,
            "note": WORDS,
            "people": "consent",
            "consent_of": "B. Tajná",
            "consent_by": "person",
            "digest": "d",
        }
        tx.execute(insert(contributions).values(occurrence_id=PRESS, person="asz", at=ASKED, choices=0, **sent))
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(title="Tisková zpráva o Šídlovi"))
    work_at(office, SEND)
    return office


@pytest.mark.parametrize("words", [False, True])
def test_nothing_planted_is_in_the_bytes_of_the_public_one(planted: Office, words: bool) -> None:
    whole, public = made(planted).html, made(planted, public=True, words=words)
    assert "Vopičková" in whole and "Šídlo" in whole, "the full dossier tells who it was"
    told = public.html.encode()
    for each in (*PLANTED, address(1), *(person.email for person in planted.people.values())):
        assert each.encode() not in told, each
    read = Text.of(public.html)
    assert "Vydání bez osobních údajů" in read and "[vynecháno: osobní údaj]" in read
    assert "osoba v roli „schvaluje všechny textové mediální výstupy za kraj“" in read
    assert ("to potvrdila" in read) is words, "people's own words only where they are asked for"
    assert public.attachment is None and "data-sha256" not in public.html and "srcdoc" not in public.html
    assert ("Schváleno" in read and "Rozeslání" in read) or "Rozesl" in read


def test_a_story_is_left_out_and_somebody_of_nobodys_knowing_is_somebody(planted: Office) -> None:
    with planted.database.write() as tx:
        own = update(occurrences).where(occurrences.c.id == PRESS)
        tx.execute(own.values(stories=True, in_charge="josef-byvaly"))
    page = made(planted, public=True).html
    assert "[vynecháno: text vypráví o lidech]" in Text.of(page) and "KONTAKT PRO MÉDIA" not in Text.of(page)
    assert "josef-byvaly" not in page


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Pavel Novák", ["Novákovi", "s Pavlem Novákem", "NOVÁK", "Nováka Pavla"]),
        ("Ing. Petra Malá, Ph.D.", ["Petry Malé", "Malou"]),
        ("Božena Tajná", ["o Boženě Tajné"]),
    ],
)
def test_a_name_is_found_in_any_case(name: str, texts: list[str]) -> None:
    redaction = Redaction.of("https://hlasatel.example.org", [name], keep_words=True)
    for text in texts:
        left = redaction.text(f"Volal {text} dnes.")
        assert "[vynecháno: osobní údaj]" in left and not any(each in left for each in text.split()[-1:]), left


def test_roles_are_no_names_and_dates_no_telephones() -> None:
    assert looks_personal("Mgr. Jana Vopičková") and not looks_personal("Tisková mluvčí")
    assert not looks_personal("Vedení kraje") and not looks_personal("Redakce magazínu KRAJ")
    redaction = Redaction.of("https://hlasatel.example.org", [])
    for text in ("8. 12. 2026 v 10:00", "č. KULK 1234/2026", "verze 12, adresátů 123456", "2026-12-08T10:00:05"):
        assert redaction.text(text) == text


def test_marks_are_the_offices_own_and_checked() -> None:
    assert Marks("KULK 123/2026", "176.1", "S/5") == MARKS
    for wrong in ("X/5", "5", "S/", "S/5 let"):
        with pytest.raises(HlasatelError, match="S/5"):
            Marks.of("", "", wrong)
    with pytest.raises(HlasatelError):
        Marks.of("č\x00", "", "")


@pytest.mark.usefixtures("already_asked")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_pdf_is_an_archive_file_with_all_that_is_needed_in_it(office: Office) -> None:
    decide.decide(office, asked(office), Choice.APPROVE, "", ASKED)
    page = made(office, marks=MARKS, attached=True)
    assert page.attachment is not None
    content = archived(page.html, ("spis.json", page.attachment))
    assert archived(page.html, ("spis.json", page.attachment))[:8] == content[:8] == b"%PDF-1.7"
    read = PdfReader(io.BytesIO(content))
    assert not read.is_encrypted
    root: Any = read.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in xmp or 'pdfaid:part="3"' in xmp
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "cs"
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    pages: list[Any] = list(read.pages)
    fonts = [font.get_object() for each in pages for font in each["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")) and "/ToUnicode" in font
    text = " ".join(" ".join(each.extract_text() for each in read.pages).split())
    assert "KULK 123/2026" in text and "176.1" in text and "S/5" in text and "hlasatel-seal:" in text
    (attached,) = read.attachments["spis.json"]
    told = json.loads(attached)
    assert told["reference"] == "KULK 123/2026" and told["decisions"][0]["decision"] == "approve"
    for version in told["versions"]:
        for each in (version, *version["drafts"]):
            assert hashlib.sha256(each["exact"].encode()).hexdigest() == each["digest"]
    assert address(1) not in content.decode("latin-1")


def test_the_command_writes_either(sqlite_office: Commands) -> None:
    sqlite_office.tick("2026-12-01T10:00")
    out = sqlite_office.folder / "spis.pdf"
    sqlite_office.run("record", "export", PRESS, "--format", "pdf", "--reference", "KULK 1/2026", "--out", str(out))
    assert out.read_bytes().startswith(b"%PDF-1.7")
    public = sqlite_office.folder / "verejny.html"
    sqlite_office.run("record", "export", PRESS, "--without-personal-data", "--out", str(public))
    assert "Vydání bez osobních údajů" in public.read_text(encoding="utf-8")
    sqlite_office.run("record", "export", PRESS, "--with-words", code=2)
    sqlite_office.run("record", "export", PRESS, "--retention", "X", code=1)


def test_whoever_signs_with_less_than_a_name_stops_no_public_one(office: Office) -> None:
    asked(office)
    with office.database.write() as tx:
        for signed in ("Liberecký kraj", "Tisková mluvčí", ".", "Jana Vopičková"):
            sent = {
                "signed": signed,
                "text": "Text.",
                "note": "",
                "people": "nobody",
                "consent_of": "",
                "digest": signed,
            }
            own = {"occurrence_id": PRESS, "person": "asz", "at": ASKED, "choices": 0, "consent_by": ""}
            tx.execute(insert(contributions).values(**own, **sent))
    page = made(office, public=True).html
    assert "Liberecký kraj" in page and "Vopičkov" not in page
