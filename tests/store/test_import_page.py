"""The page that takes a table onto a list: looked at first, confirmed once, the coordinator's alone, and bounded."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from tests.store.sample import NOW
from tests.store.test_story_page import Visit, visiting
from worker.audience.importing.reading import Limits
from worker.audience.suppression import Reason, suppress
from worker.office import Office
from worker.store.tables import events, memberships, recipients
from worker.web.importing import MOST_BYTES, PATH
from worker.web.uploads import KEPT_FOR, MOST, Upload, Uploads

GOOD = "E-mail;Jméno;Telefon\nnova@noviny.example.org;Jana Nová;123\nnic;Nikdo;\n"


@pytest.fixture
def office(asked_office: Office) -> Office:
    """Where the database makes no difference to what is tried."""
    return asked_office


def proof(visit: Visit) -> str:
    found = re.search(r'name="proof" value="([0-9a-f]{64})"', visit.get(PATH).text)
    assert found is not None
    return found[1]


def upload(
    visit: Visit, content: bytes | str, name: str = "lidé.csv", own: str | None = None, list_id: str = "media"
) -> requests.Response:
    data = content.encode() if isinstance(content, str) else content
    form = {"proof": proof(visit) if own is None else own, "list": list_id, "sheet": "", "order": "look"}
    files = {"file": (name, data)} if name else None
    return visit.session.post(visit.base + PATH, data=form, files=files, timeout=30, allow_redirects=False)


def decide(visit: Visit, page: requests.Response, order: str = "take", own: str | None = None) -> requests.Response:
    found = re.search(r'name="upload" value="([0-9a-f]{32})"', page.text)
    assert found is not None
    form = {"proof": proof(visit) if own is None else own, "upload": found[1], "order": order}
    return visit.session.post(visit.base + PATH, data=form, timeout=30, allow_redirects=False)


def on_list(office: Office, list_id: str = "media") -> list[str]:
    with office.database.read() as tx:
        found = (
            select(recipients.c.address)
            .join(memberships, memberships.c.recipient_id == recipients.c.id)
            .where(memberships.c.list_id == list_id)
        )
        return list(tx.execute(found.order_by(recipients.c.address)).scalars())


def test_nobody_but_the_coordinator_and_no_foreign_form(office: Office) -> None:
    for person in (None, "tiskovy-mluvci"):
        with visiting(office, person) as visit:
            assert visit.get(PATH).status_code == 403
            assert upload(visit, GOOD, own="0" * 64).status_code == 403
    with visiting(office) as visit:
        for given in ("", "0" * 64):
            assert upload(visit, GOOD, own=given).status_code == 403
        page = upload(visit, GOOD)
        assert decide(visit, page, own="0" * 64).status_code == 403
    assert on_list(office) == []


def test_it_is_shown_first_and_taken_in_once_it_is_confirmed(office: Office) -> None:
    with office.database.write() as tx:
        suppress(tx, office, "pryc@noviny.example.org", Reason.ASKED, NOW - timedelta(days=40))
    with visiting(office) as visit:
        page = upload(visit, GOOD + "pryc@noviny.example.org;Pryč;\ninfo@noviny.example.org;;\n")
        assert page.status_code == 200
        text = page.text.replace("\u00a0", " ")
        for words in (
            "Zatím se nic neuložilo", "lidé.csv", "Řádek 3, sloupec „E-mail“:", "„nic“", "UTF-8", "„Telefon“",
            "pryc@noviny.example.org: Od 29. října 2026 se na adresu nepíše", "Vložit ostatní řádky", "nova@noviny",
        ):  # fmt: skip
            assert words in text, words
        assert on_list(office) == []
        done = decide(visit, page)
        assert done.status_code == 200 and "Hotovo" in done.text
        assert on_list(office) == ["info@noviny.example.org", "nova@noviny.example.org"]
        again = decide(visit, page)
        assert again.status_code == 409 and "Náhled už neplatí" in again.text.replace("\u00a0", " ")
    with office.database.read() as tx:
        row = tx.execute(select(events).where(events.c.kind == "list.imported")).one()
    assert row.person == "koordinator" and "noviny" not in row.data


def test_what_a_file_was_called_is_shown_and_no_path(office: Office) -> None:
    with visiting(office) as visit:
        for name, shown in (("C:\\staré\\lidé.csv", "lidé.csv"), ("nikam/jinam/lidé.csv", "lidé.csv"), ("..", "..")):
            assert f"<dd>{shown}</dd>" in upload(visit, GOOD, name=name).text, name


def test_dropped_it_is_gone_and_nothing_was_stored(office: Office) -> None:
    with visiting(office) as visit:
        page = upload(visit, GOOD)
        assert decide(visit, page, "drop").status_code == 303
        assert decide(visit, page).status_code == 409
    assert on_list(office) == []


def test_what_cannot_be_taken_is_said_on_the_form(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.web.importing.LIMITS", Limits(rows=2))
    with visiting(office) as visit:
        for page, words in (
            (upload(visit, GOOD, list_id="neznamy"), "Vyberte seznam"),
            (upload(visit, GOOD, list_id=""), "Vyberte seznam"),
            (upload(visit, GOOD, name=""), "Vyberte soubor"),
            (upload(visit, "nic\n"), "není sloupec nadepsaný „E-mail“"),
            (upload(visit, b"\xd0\xcf\x11\xe0", name="lidé.xls"), "je sešit ve starém formátu"),
            (upload(visit, "E-mail\n" + "a@b.example.org\n" * 3), "víc než 2 řádků"),
        ):
            assert page.status_code == 400
            assert words in page.text.replace("\u00a0", " "), words
        nothing = upload(visit, "E-mail\nnic\n")
        assert nothing.status_code == 200 and 'value="take"' not in nothing.text
        assert "nejde vložit nic" in nothing.text.replace("\u00a0", " ")


def test_no_larger_file_is_read_and_every_sort_of_row_is_shown_up_to_a_bound(office: Office) -> None:
    with visiting(office) as visit:
        large = upload(visit, b"x" * (MOST_BYTES + 10))
        assert large.status_code == 400 and "větší než 5 MB" in large.text.replace("\u00a0", " ")
        larger = upload(visit, b"x" * (MOST_BYTES + 2_000_000))
        assert larger.status_code == 413 and "větší než 5 MB" in larger.text.replace("\u00a0", " ")
        many = upload(visit, "E-mail\n" + "".join(f"a{number}@b.example.org\n" for number in range(130)))
        assert many.text.count("@b.example.org") == 100
        assert "Dalších takových řádků: 30" in many.text.replace("\u00a0", " ")


def test_no_table_stays_behind(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with visiting(office) as visit:
        page = upload(visit, GOOD)
        assert list(folder.iterdir()) == []
        decide(visit, page)
    assert list(folder.iterdir()) == []


def test_a_table_is_kept_for_an_hour_and_no_more_than_a_few() -> None:
    uploads = Uploads()

    def keep(name: str, minutes: int) -> str:
        return uploads.keep(Upload(b"", name, "media", "", NOW + timedelta(minutes=minutes)))

    first = keep("a", 0)
    numbers = [keep(f"{each}", each) for each in range(1, MOST + 1)]
    assert uploads.take(first, NOW) is None, "a fifth one came"
    last = uploads.take(numbers[-1], NOW)
    assert last is not None and last.name == str(MOST)
    assert uploads.take(numbers[-1], NOW) is None
    assert uploads.take(numbers[0], NOW + timedelta(minutes=1) + KEPT_FOR) is not None
    assert uploads.take(numbers[1], NOW + timedelta(minutes=3) + KEPT_FOR) is None
    assert uploads.take("", NOW) is None
