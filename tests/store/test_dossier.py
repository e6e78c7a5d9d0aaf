"""The dossier of an occurrence: what it tells, what it never does, and that its digests can be computed from it."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.store.desk import ASKED, SEND, asked, token, work_at
from tests.store.sample import NEWSLETTER, PRESS, add_people, address
from tests.store.seated import COORDINATOR, DEPUTY, DIRECTOR, SPOKESWOMAN, put_before, standing_in
from worker.approval import decide, rework
from worker.approval.decide import Choice
from worker.approval.release import release
from worker.dossier.page import CHECK, dossier
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import comments
from worker.record.comments import Via
from worker.store.tables import consents, drafts

HOUR = timedelta(hours=1)


def exported(office: Office, occurrence: str = PRESS) -> str:
    with office.database.read() as tx:
        made = dossier(tx, office, occurrence, SEND)
    assert made is not None
    return made


class Tags(HTMLParser):
    """Every tag of the page with its attributes; one without a value has the empty one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


class Text(HTMLParser):
    """What a reader of the page sees, without the look of a mail in its frame and the exact wordings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden, self.words = 0, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += " "
        self.hidden += tag in ("style", "details")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "details")

    def handle_data(self, data: str) -> None:
        self.words += "" if self.hidden else data

    @classmethod
    def of(cls, page: str) -> str:
        return " ".join(cls(page).words.replace("\u00a0", " ").split())


def returned_and_approved(office: Office) -> list[str]:
    """The December press release: returned with a comment, then approved as it was, and sent to three; the tokens."""
    link = asked(office)
    decide.decide(
        office, link, Choice.RETURN, "kratší; pište na mluvci@urad.example.org", ASKED, whence="page 10.1.2.3"
    )
    decide.take_back(office, link, ASKED + HOUR)
    decide.decide(office, link, Choice.APPROVE, "", ASKED + 2 * HOUR)
    with office.database.write() as tx:
        add_people(tx, "media", [1, 2, 3])
    return [link]


def test_it_tells_who_decided_what_when_and_in_which_words(office: Office) -> None:
    returned_and_approved(office)
    told = Text.of(exported(office))
    assert "Vráceno k přepracování (už neplatí: vzato zpět) Kdo Tisková mluvčí" in told
    assert "Schváleno Kdo Tisková mluvčí" in told
    assert "kratší; pište na [e-mailová adresa]" in told
    assert "1. 12. 2026 12:00:00 SEČ" in told
    assert "10.1.2.3" in told
    assert "Verze 1 Vznikla" in told and "KONTAKT PRO MÉDIA" in told
    assert "Odesílatel Liberecký kraj – tiskové zprávy Odpovědi dostane Tisková mluvčí" in told
    assert "řetězec otisků byl neporušený" in told


@pytest.mark.usefixtures("documents")
def test_every_digest_it_states_can_be_computed_from_it(office: Office, tmp_path: Path) -> None:
    returned_and_approved(office)
    made = exported(office)
    stated = set(re.findall(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", made))
    assert CHECK.splitlines()[1] in made.replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace(
        "&gt;", ">"
    )
    found = _checked(made, tmp_path)
    with office.database.read() as tx:
        files = {entry["sha256"] for [kept] in tx.execute(select(drafts.c.files)) for entry in kept}
    assert len(files & stated) == 2, "a document and a PDF, which are no part of it"
    assert {line.split()[0] for line in found} == stated - files and len(stated - files) == 3
    assert all(line.endswith(" OK") for line in found)
    changed = _checked(made.replace("Kontakt", "Kontrakt"), tmp_path)
    assert sum(line.endswith(" DIFFERENT") for line in changed) == 2, "both texts name the contact"


def _checked(made: str, folder: Path) -> list[str]:
    """What the dossier's own program says of it."""
    file = folder / "spis.html"
    file.write_text(made, encoding="utf-8", newline="")
    return subprocess.run(
        [sys.executable, "-c", CHECK, str(file)], check=True, capture_output=True, text=True
    ).stdout.splitlines()


def test_no_token_and_nobodys_address_is_in_it(office: Office) -> None:
    tokens = returned_and_approved(office)
    link = f"{office.settings.base_url}/schvaleni/{tokens[0]}"
    leave = f"{office.settings.base_url}/odhlasit/aBcDeFgHiJkLmNoPqRsTuV"
    quoted = f"> {link}\n> {leave}\n> {tokens[0]}\nSouhlasím. Jan <jan.novak@urad.example.org>"
    with office.database.write() as tx:
        comments.add(tx, PRESS, "reditel", quoted, ASKED, package_id=1, via=Via.REPLY)
    work_at(office, SEND)
    tokens += [token(office, "tiskovy-mluvci"), token(office, "koordinator", purpose=Purpose.EDIT)]
    made = exported(office)
    assert not [each for each in [*tokens, leave] if each in made]
    assert "Souhlasím. Jan" in made
    assert not [number for number in (1, 2, 3) if address(number) in made]
    outside_the_texts = Text.of(re.sub(r'<pre lang="cs">.*?</pre>', "", made, flags=re.DOTALL))
    assert "@" not in outside_the_texts
    published = office.settings.mail.kinds["press-release"].reply_to
    others = [person.email for key, person in office.people.items() if key != published]
    assert not [each for each in others if each in made], "an address that the texts themselves do not publish"


def test_a_decision_about_an_older_version_is_marked(office: Office) -> None:
    decide.decide(office, asked(office), Choice.RETURN, "kratší", ASKED)
    edit = {"press-release": {"headline": "Kraj otevřel poradnu"}}
    rework.resubmit(office, token(office, "koordinator", purpose=Purpose.EDIT), edit, ASKED, version=1)
    told = Text.of(exported(office))
    assert "Vráceno k přepracování (starší verze)" in told
    assert told.index("Verze 1 Vznikla") < told.index("Verze 2 Vznikla") < told.index("Kraj otevřel poradnu")


def test_a_deputy_and_an_emergency_are_named_as_what_they_are(office: Office) -> None:
    stood_for = standing_in(office, SPOKESWOMAN, DEPUTY, days=(ASKED.date(), SEND.date()))
    put_before(stood_for, SPOKESWOMAN, DIRECTOR, rule="all")
    decide.decide(stood_for, token(stood_for, DEPUTY), Choice.APPROVE, "", ASKED)
    release(
        stood_for,
        PRESS,
        ASKED + HOUR,
        reason="požár; volejte na jan@urad.example.org",
        person=COORDINATOR,
        whence="command",
    )
    told = Text.of(exported(stood_for))
    assert "Schváleno Kdo Zástupce tiskové mluvčí" in told
    assert "Za koho Tisková mluvčí" in told and "KULK 1234/2026" in told
    assert "Mimořádně uvolněno bez schválení Kdo Koordinátor sociálního začleňování" in told
    assert "Odkud příkaz na serveru" in told and "Jakými slovy: požár; volejte na [e-mailová adresa]" in told
    assert "Tisková mluvčí, Ředitel krajského úřadu – každý z nich, v libovolném pořadí" in told


def test_whose_consent_it_is_stays_out_of_it(office: Office) -> None:
    asked(office)
    with office.database.write() as tx:
        values = {"subject": "Paní Nováková", "given_by": "person", "until": None, "noted_by": "koordinator"}
        tx.execute(consents.insert().values(occurrence_id=PRESS, noted_at=ASKED, withdrawn_at=ASKED + HOUR, **values))
    made = exported(office)
    assert "Souhlas č. 1" in Text.of(made) and "Odvolán: 1. 12. 2026 11:00:00 SEČ" in Text.of(made)
    assert "Nováková" not in made


def test_it_says_how_many_got_what(office: Office) -> None:
    returned_and_approved(office)
    work_at(office, SEND)
    assert "předáno: 3" in Text.of(exported(office))


@pytest.mark.parametrize("occurrence", [NEWSLETTER, "clanek-magazin/2026-H2"])
def test_one_without_a_decision_has_a_dossier_too(office: Office, occurrence: str) -> None:
    asked(office)
    assert "O žádné verzi zatím nikdo nerozhodl." in Text.of(exported(office, occurrence))


def test_one_that_nobody_knows_has_none(office: Office) -> None:
    with office.database.read() as tx:
        assert dossier(tx, office, "tiskova-zprava/1999-12", SEND) is None


def test_nothing_in_it_is_fetched_or_run(office: Office) -> None:
    returned_and_approved(office)
    tags = Tags(exported(office)).found
    assert "script" not in {tag for tag, _ in tags}
    assert {name for _, attributes in tags for name in attributes if name.startswith("on")} == set()
    fetched = [attributes.get(name, "#") for _, attributes in tags for name in ("src", "href", "action")]
    assert all(each.startswith("#") for each in fetched)
    (frame,) = [attributes for tag, attributes in tags if tag == "iframe"]
    assert frame["sandbox"] == "" and "@@" not in frame["srcdoc"]
