"""The commands about one person's data, as an administrator types them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fixtures.office import Office

HERS = "bozena.tajna@priklad.example.org"


def test_a_person_is_given_out_erased_and_stays_away(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("obcane", [HERS, "jiny@priklad.example.org"])
    held = json.loads(office.run("recipients", "export", HERS))
    assert held["address"] == HERS and held["lists"][0]["list"] == "obcane"
    assert "otisk" in office.run("recipients", "erase", HERS.upper())
    database = Path(office.database_url.removeprefix("sqlite:///"))
    for file in database.parent.glob(f"{database.name}*"):
        assert HERS.encode() not in file.read_bytes()
    assert "znovu pročištěný" in office.run("recipients", "erase", HERS)
    assert list(json.loads(office.run("recipients", "export", HERS))) == ["address", "suppressed"]
    office.import_people("obcane", [HERS])
    assert json.loads(office.run("recipients", "list", "--format", "json"))[-1]["recipients"] == 1
    office.run("recipients", "erase", "nikdo@priklad.example.org", code=1)


def test_the_retention_is_looked_at_and_done(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("obcane", [HERS])
    look = office.run("recipients", "retention", "--dry-run")
    assert "nic se nesmazalo" in look and "adres ve starých rozesílkách" in look
    found = json.loads(office.run("recipients", "retention", "--format", "json"))
    assert found["mailings"] == 0 and set(found.values()) == {0}
