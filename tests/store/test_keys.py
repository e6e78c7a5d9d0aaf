"""A rotated key breaks no link that was mailed, and `hlasatel keys` tells what hangs on which."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import requests

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store import desk
from tests.store.sample import NEWSLETTER, NOW
from worker.audience.bounces import token as bounces
from worker.audience.leaving import leave
from worker.cli.main import main
from worker.delivery import identity
from worker.notices import sign_ins
from worker.office import Office
from worker.settings import key_id
from worker.upkeep.keys import KeyStanding, standings

NEW = b"the-new-key-of-32-characters-001"
"""The tests' own is the old one."""
AFTER_A_YEAR = NOW + timedelta(days=366)
BOUNCE_ADDRESS = "vracene@example.org"
pytestmark = pytest.mark.both


def with_keys(office: Office, *keys: bytes) -> Office:
    return replace(office, settings=replace(office.settings, given_keys=keys))


def told(office: Office, now: datetime = NOW) -> list[KeyStanding]:
    with office.database.read() as tx:
        return standings(tx, office.settings, now)


def tokens_of(office: Office, number: int) -> list[str]:
    """The unsubscribe tokens of a mailing's recipients."""
    row = desk.mailing(office, number)
    derived = identity.of_mailing(office.settings, number, row.key_id, row.domain)
    return [derived.unsubscribe_token(each.recipient_id) for each in desk.rows(office) if each.mailing_id == number]


@pytest.mark.usefixtures("already_asked")
def test_whatever_was_mailed_under_the_old_key_works_under_the_new_one(office: Office, relay: ScriptedRelay) -> None:
    old = office.settings.secret_keys[0]
    approval = desk.asked(office)
    with office.database.write() as tx:
        sign_in = sign_ins.mint(tx, sign_ins.Purpose.LINK, "koordinator", NOW)
    number = desk.begin(office, 2, "newsletter", "zpravodaj/2026")
    desk.deliver(office)
    clicked, looked_at = tokens_of(office, number)
    recipient = desk.rows(office)[0].recipient_id
    returned = bounces.tokens_in([bounces.senders(old, number, BOUNCE_ADDRESS)(recipient)], BOUNCE_ADDRESS)

    rotated = with_keys(office, NEW, old)
    with pages(rotated, NOW) as reached:
        base = reached.settings.base_url
        assert 'value="approve"' in requests.get(f"{base}/schvaleni/{approval}", timeout=10).text
        decided = requests.post(f"{base}/schvaleni/{approval}", {"decision": "approve", "comment": ""}, timeout=10)
        assert decided.status_code == 200
        assert requests.get(f"{base}/o/{looked_at}", timeout=10).status_code == 200
        one_click = requests.post(f"{base}/o/{clicked}", {"List-Unsubscribe": "One-Click"}, timeout=10)
        assert one_click.status_code == 200
        entered = requests.Session()
        entered.post(f"{base}/koordinator/vstup/{sign_in}", timeout=10)
        assert entered.get(f"{base}/koordinator", timeout=10, allow_redirects=False).status_code == 200
    assert desk.state(rotated) == "approved"
    with rotated.database.read() as tx:
        left = leave.find(tx, rotated.settings.secret_keys, clicked)
        assert left is not None and left.mailing_id == number
        found = bounces.delivery_of(tx, rotated.settings.secret_keys, returned)
    assert found is not None and found.recipient_id == recipient

    later = desk.begin(rotated, 0, "newsletter", "zpravodaj/2027")
    assert desk.mailing(rotated, later).key_id == key_id(NEW)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_is_told_what_hangs_on_which_key_and_until_when(
    office: Office, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = office.settings.secret_keys[0]
    number = desk.begin(office, 2, "newsletter", NEWSLETTER)
    rotated = with_keys(office, NEW, old)
    newest, older = told(rotated)
    assert (newest.key, newest.newest, newest.mailings, newest.is_needed) == (key_id(NEW), True, 0, True)
    assert (older.key, older.open, older.until, older.is_needed) == (key_id(old), 1, None, True)
    desk.deliver(rotated)
    older = told(rotated)[1]
    closed = desk.mailing(rotated, number).closed_at
    assert (older.open, older.until, older.is_needed) == (0, closed + timedelta(days=365), True)
    assert not told(rotated, AFTER_A_YEAR)[1].is_needed

    gone = with_keys(office, NEW)
    assert [(each.key, each.at_hand) for each in told(gone)] == [(key_id(NEW), True), (key_id(old), False)]
    assert [each.key for each in told(gone, AFTER_A_YEAR)] == [key_id(NEW)], "nobody misses it any more"

    for name, value in desk.environment(office).items():
        monkeypatch.setenv(name, value)
    spoken: dict[int, str] = {}
    for keys in (f"{NEW.decode()}, {old.decode()}", NEW.decode()):
        monkeypatch.setenv("HLASATEL_SECRET_KEY", keys)
        monkeypatch.setattr("sys.argv", ["hlasatel", "keys", "--now", NOW.isoformat()])
        with pytest.raises(SystemExit) as ended:
            main()
        spoken[int(str(ended.value.code or 0))] = capsys.readouterr().out.replace("\u00a0", " ")
    assert f"Klíč {key_id(old)}: musí zůstat, pryč může" in spoken[0]
    assert f"Klíč {key_id(old)} CHYBÍ" in spoken[1]
    assert old.decode() not in str(spoken) and NEW.decode() not in str(spoken)
    monkeypatch.setattr("sys.argv", ["hlasatel", "keys", "--format", "json", "--now", NOW.isoformat()])
    with pytest.raises(SystemExit):
        main()
    assert [each["at_hand"] for each in json.loads(capsys.readouterr().out)] == [True, False]
