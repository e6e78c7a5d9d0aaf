"""One common press release and one of each body that sent something in, in one package (000:540)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import approve, body_of, read, token, work_at
from tests.store.planned import with_file
from tests.store.sample import add_people, address
from tests.store.test_archive import public
from tests.store.test_contributions import AGENCY, BEGUN, COMMISSION, ON_SQLITE, PLAIN, link, pick, sent
from worker.approval.edit import edit
from worker.contributions import giving
from worker.drafting import packages
from worker.office import Office
from worker.record.contributions import Chosen

COMMON, OF_COMMISSION, OF_AGENCY = "press-release", f"press-release--{COMMISSION}", f"press-release--{AGENCY}"
ROW = f"""\
id: zprava
activity: Tisková zpráva
place: řádek 1
dates: [8. 12. 2026]
kinds: [{COMMON}, {OF_COMMISSION}, {OF_AGENCY}]
lists: [media]
approvers: [tiskovy-mluvci]
contributors: [{COMMISSION}, {AGENCY}]
"""
ID = "zprava/2026-12-08"
ASKED, SEND = datetime(2026, 12, 1, 9, 0, tzinfo=UTC), datetime(2026, 12, 8, 9, 0, tzinfo=UTC)


@pytest.fixture
def drafted(office: Office, relay: ScriptedRelay, tmp_path: Path) -> Office:
    """An office that the commission sent something to, and the agency nothing."""
    drafted = with_file(office, tmp_path / "schedules.yaml", ROW)
    work_at(drafted, BEGUN)
    giving.give(drafted, link(drafted, relay, COMMISSION, ID), PLAIN, None, BEGUN)
    pick(drafted, sent(drafted, ID)[0].id, Chosen.INCLUDED)
    work_at(drafted, ASKED)
    return drafted


@ON_SQLITE
def test_each_goes_to_the_press_and_stands_on_the_public_page(drafted: Office, relay: ScriptedRelay) -> None:
    with drafted.database.write() as tx:
        package = packages.latest(tx, ID)
        assert package is not None
        common, own = packages.drafts_of(tx, package.id)
        add_people(tx, "media", [1])
    assert [common.kind, own.kind] == [COMMON, OF_COMMISSION]
    assert ["no-own-release" in {each["code"] for each in draft.findings} for draft in (common, own)] == [True, False]
    assert {"missing-headline", "missing-perex"} <= {each["code"] for each in own.findings}
    assert own.fields["body"] == "Otevřeli jsme poradnu." and own.fields["contributions"] == ""
    asking = token(drafted, "tiskovy-mluvci", ID)
    written = {"headline": "Komise otevřela poradnu", "perex": "Poradna je v přízemí."}
    edit(drafted, asking, {OF_COMMISSION: {**own.fields, **written}}, ASKED, version=1)
    approve(drafted, token(drafted, "tiskovy-mluvci", ID), ASKED)
    work_at(drafted, SEND)
    mails = [read(each) for each in relay.received_by(address(1))]
    assert sorted(str(each["Subject"]) for each in mails)[0] == "Tisková zpráva: Komise otevřela poradnu"
    assert len(mails) == 2 and len({str(each["From"]) for each in mails}) == 1
    name = drafted.person_name(COMMISSION)
    assert [name in body_of(each).partition("=====")[0] for each in mails].count(True) == 1
    with public(drafted) as visitor:
        page = visitor.words(f"/archiv/{ID}", SEND)
        assert page.count("<iframe") == 2 and COMMISSION not in visitor.words("/archiv", SEND)
        assert "Komise otevřela poradnu" in visitor.words(f"/archiv/{ID}/{OF_COMMISSION}", SEND)
