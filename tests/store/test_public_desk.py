"""The coordinator's pages of the public, of partners' dates and of what nobody planned; and the partners' form."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import requests
from PIL import Image
from sqlalchemy import select

from tests.store.desk import ASKED, recorded, state, work_at
from tests.store.sample import PRESS
from tests.store.test_story_page import Visit, visiting, words
from worker.agenda import dates
from worker.approval import consents
from worker.archive import kit
from worker.contributions.photo import MOST_BYTES
from worker.office import Office
from worker.record.consents import GivenBy
from worker.store.tables import calendar_dates, kit_photos, occurrences

KIT, EVENTS, NEW = f"/koordinator/podklady/{PRESS}", "/koordinator/akce", "/koordinator/novy"
EVENT = {
    "title": "Beseda o bydlení", "day": "2026-12-11", "at": "18:00", "last_day": "", "place": "Liberec",
    "organiser": "Spolek (ukázka)", "address": "",
}  # fmt: skip


def photo(*, exif: bytes = b"") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#7a9cc6").save(out, "JPEG", exif=exif)
    return out.getvalue()


def post(
    visit: Visit, path: str, form: dict[str, Any], file: bytes | None = None, name: str = "photo"
) -> requests.Response:
    files = {name: ("Náměstí.JPG", file)} if file is not None else None
    return visit.session.post(visit.base + path, data=form, files=files, timeout=10, allow_redirects=False)


def rows(office: Office) -> list[tuple[str, str]]:
    with office.database.read() as tx:
        return [(row.title, row.standing) for row in tx.execute(select(calendar_dates).order_by(calendar_dates.c.id))]


def test_nobody_else_gets_in_or_changes_anything(asked_office: Office) -> None:
    with visiting(asked_office, None) as stranger:
        for path in (KIT, EVENTS, NEW):
            assert stranger.get(path).status_code == 403
            assert (
                post(stranger, path, {"order": "add", "reason": "x", "kind": "press-release", **EVENT}).status_code
                == 403
            )
        assert stranger.get("/akce/neznamy").status_code == 404
        assert post(stranger, "/akce/neznamy", EVENT).status_code == 404
    with visiting(asked_office) as visit:
        for path in (KIT, EVENTS, NEW):
            foreign = {"proof": "0" * 64, "order": "add", "reason": "x", "kind": "press-release", **EVENT}
            assert post(visit, path, foreign).status_code == 403
    assert rows(asked_office) == [] and "choice.new" not in recorded(asked_office)


def test_a_photo_is_added_without_what_it_says_of_its_place(asked_office: Office) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Poradna, Sokolská 1"
    with visiting(asked_office) as visit:
        given = {
            "proof": visit.proof(),
            "order": "add",
            "description": "Náměstí",
            "author": "Jan Vzor",
            "people": "nobody",
        }
        assert post(visit, KIT, given, photo(exif=exif.tobytes())).status_code == 303
        shown = words(visit.get(KIT))
        assert "Náměstí" in shown and "namesti.jpg" in shown and "zatím zveřejněné není" in shown
        with asked_office.database.read() as tx:
            row = tx.execute(select(kit_photos)).one()
        assert b"Sokolsk" not in row.content and row.added_by == "koordinator"
        assert post(visit, KIT, {"proof": visit.proof(), "order": "remove", "number": str(row.id)}).status_code == 303
        assert "namesti.jpg" not in visit.get(KIT).text


@pytest.mark.parametrize(
    ("changed", "file", "said"),
    [
        ({"people": ""}, True, "jde na fotografii někoho poznat"),
        ({"description": " "}, True, "Popište"),
        ({"author": ""}, True, "autorem"),
        ({"people": "consent"}, True, "potřebuje tedy souhlas"),
        ({"people": "consent", "consents": "99"}, True, "souhlas neplatí"),
        ({}, False, "Vyberte fotografii"),
        ({"order": "withdraw", "reason": "chyba"}, False, "není nic zveřejněno"),
        ({"order": "nonsense"}, False, "nedorazil celý"),
        ({"order": "remove", "number": "x"}, False, "nedorazil celý"),
    ],
)
def test_what_lacks_something_is_told_and_nothing_kept(
    asked_office: Office, changed: dict[str, str], file: bool, said: str
) -> None:
    with visiting(asked_office) as visit:
        form = {"order": "add", "description": "Náměstí", "author": "Jan Vzor", "people": "nobody", **changed}
        answer = post(visit, KIT, {"proof": visit.proof(), **form}, photo() if file else None)
        assert answer.status_code == 400 and said in words(answer)
        assert post(visit, KIT, {"proof": visit.proof(), **form, "order": "add"}, b"GIF89a no photo").status_code == 400
    with asked_office.database.read() as tx:
        assert kit.of_occurrence(tx, PRESS) == []


def test_a_kit_of_nothing_is_not_there(asked_office: Office) -> None:
    with visiting(asked_office) as visit:
        path = "/koordinator/podklady/neni/2026"
        assert visit.get(path).status_code == 404
        assert post(visit, path, {"proof": visit.proof(), "order": "withdraw", "reason": "x"}).status_code == 404


def test_a_photo_that_is_too_large_is_refused_with_the_limit(asked_office: Office) -> None:
    with visiting(asked_office) as visit:
        form = {"order": "add", "description": "Náměstí", "author": "Jan Vzor", "people": "nobody"}
        answer = post(visit, KIT, {"proof": visit.proof(), **form}, photo() + b"\0" * MOST_BYTES)
        assert answer.status_code == 400 and "větší než 32" in words(answer)


def test_a_photo_of_somebody_takes_the_consent_chosen(asked_office: Office) -> None:
    with asked_office.database.write() as tx:
        number = consents.note(
            tx, PRESS, ASKED, subject="Jana Vzorová", given_by=GivenBy.PERSON, until=None, person="koordinator"
        )
    with visiting(asked_office) as visit:
        assert "Jana Vzorová" in words(visit.get(KIT))
        form = {
            "order": "add",
            "description": "Jana",
            "author": "Jan Vzor",
            "people": "consent",
            "consents": str(number),
        }
        assert post(visit, KIT, {"proof": visit.proof(), **form}, photo()).status_code == 303
    with asked_office.database.read() as tx:
        assert [each.consents for each in kit.of_occurrence(tx, PRESS)] == [[number]]


def test_partners_offer_and_the_coordinator_chooses(asked_office: Office) -> None:
    with visiting(asked_office) as visit:
        made = post(visit, EVENTS, {"proof": visit.proof(), "order": "link"})
        link = re.search(r'value="(http[^"]+/akce/[\w-]{43})"', made.text)
        assert link is not None
        partner = Visit(asked_office, None, ASKED)
        partner.base = link[1]
        answer = post(partner, "", {**EVENT, "what": "date", "offered_by": "Jan Vzor"})
        assert answer.status_code == 200 and "nabídnuto akcí: 1" in words(answer)
        assert rows(asked_office) == [("Beseda o bydlení", "offered")]
        shown = words(visit.get(EVENTS))
        assert "Beseda o bydlení" in shown and "Jan Vzor" in shown and "11. prosince 2026, 18:00" in shown
        assert post(visit, EVENTS, {"proof": visit.proof(), "order": "take 1"}).status_code == 303
        assert rows(asked_office) == [("Beseda o bydlení", "taken")]
        assert post(visit, EVENTS, {"proof": visit.proof(), "order": "leave 1"}).status_code == 303
        assert rows(asked_office) == [("Beseda o bydlení", "left-out")]
        assert post(visit, EVENTS, {"proof": visit.proof(), "order": "take 9"}).status_code == 409
        for unknown in ("", "take", "take x", "take ²", "keep 1"):
            assert post(visit, EVENTS, {"proof": visit.proof(), "order": unknown}).status_code == 400, unknown
        post(visit, EVENTS, {"proof": visit.proof(), "order": "link"})
        assert partner.get("").status_code == 404  # a new link ends the one before


@pytest.mark.parametrize(
    ("form", "file", "said"),
    [
        ({**EVENT, "what": "date"}, None, "své jméno"),
        ({**EVENT, "what": "date", "offered_by": "J", "day": "2026-02-30"}, None, "Napište den"),
        ({"what": "file", "offered_by": "J"}, None, "Vyberte soubor"),
        ({"what": "file", "offered_by": "J"}, b"<html>", "není soubor kalendáře"),
        ({"what": "file", "offered_by": "J"}, b"x" * 600_000, "větší než 500"),
    ],
)
def test_an_offer_that_lacks_something_is_told_what(
    asked_office: Office, form: dict[str, str], file: bytes | None, said: str
) -> None:
    with visiting(asked_office) as visit:
        link = re.search(r"/akce/[\w-]{43}", post(visit, EVENTS, {"proof": visit.proof(), "order": "link"}).text)
        assert link is not None
        answer = post(visit, link[0], form, file, "file")
        assert answer.status_code == 400 and said in words(answer)
        assert form.get("organiser", "") in answer.text
    assert rows(asked_office) == []


def test_a_calendar_file_is_offered_and_says_what_was_left_out(asked_office: Office) -> None:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\nSUMMARY:Akce {number}\r\nDTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\n"
        for number, day in enumerate(("20261211", "20261212", "20251212"))
    )
    file = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()
    with visiting(asked_office) as visit:
        link = re.search(r"/akce/[\w-]{43}", post(visit, EVENTS, {"proof": visit.proof(), "order": "link"}).text)
        assert link is not None
        first, again = (
            words(post(visit, link[0], {"what": "file", "offered_by": "Spolek"}, file, "file")) for _ in range(2)
        )
    assert "nabídnuto akcí: 2" in first and "„Akce 2“: akce už byla" in first
    assert "Nic nového" in again and "dříve nabídnuto: 2" in again
    assert rows(asked_office) == [("Akce 0", "offered"), ("Akce 1", "offered")]


def test_the_coordinators_own_date_is_taken_at_once(asked_office: Office) -> None:
    with visiting(asked_office) as visit:
        form = {"proof": visit.proof(), "order": "add", **EVENT}
        faulty = post(visit, EVENTS, {**form, "place": ""})
        assert faulty.status_code == 400 and "kde se akce koná" in words(faulty) and EVENT["title"] in words(faulty)
        assert post(visit, EVENTS, form).status_code == 303
    assert rows(asked_office) == [("Beseda o bydlení", "taken")]
    with asked_office.database.read() as tx:
        assert len(dates.ahead(tx, ASKED.date())) == 1


def test_what_nobody_planned_is_made_on_a_page(asked_office: Office) -> None:
    with visiting(asked_office) as visit:
        assert "Tisková zpráva" in words(visit.get(NEW))
        form = {"proof": visit.proof(), "kind": "press-release", "reason": "povodeň", "called": "Povodeň"}
        for fault, said in (
            ({"reason": " "}, "proč se"),
            ({"day": "2026-12-02"}, "den i hodinu"),
            ({"kind": ""}, "neznáme"),
        ):
            refused = post(visit, NEW, {**form, **fault})
            assert refused.status_code == 400 and said in words(refused) and 'value="Povodeň"' in refused.text
        made = post(visit, NEW, {**form, "day": "2026-12-01", "hour": "15:00"})
        assert made.headers["Location"].endswith("/koordinator/termin/tiskova-zprava/2026-12-01")
    work_at(asked_office, ASKED)
    assert state(asked_office, "tiskova-zprava/2026-12-01") == "asked"
    with asked_office.database.read() as tx:
        row = tx.execute(select(occurrences).where(occurrences.c.id == "tiskova-zprava/2026-12-01")).one()
    assert (row.title, row.origin) == ("Povodeň", "person")


def test_readers_find_it_under_the_themes_that_were_chosen(asked_office: Office) -> None:
    with visiting(asked_office) as visit:
        assert 'value="bydleni" checked' not in visit.get(KIT).text
        for chosen in (["zdravi", "bydleni", "neznamé"], []):
            given = {"proof": visit.proof(), "order": "themes", "themes": chosen}
            assert post(visit, KIT, given).status_code == 303
            shown = visit.get(KIT).text
            assert ('value="bydleni" checked' in shown) is bool(chosen) and 'value="dluhy" checked' not in shown
            with asked_office.database.read() as tx:
                row = tx.execute(select(occurrences).where(occurrences.c.id == PRESS)).one()
            assert (row.themes, row.topics) == (["bydleni", "zdravi"] if chosen else [], [])
        story = words(visit.get(f"/koordinator/termin/{PRESS}"))
        assert "najdou čtenáři veřejné stránky: bydlení, zdraví." in story and "stránky: žádné." in story
