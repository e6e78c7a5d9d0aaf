"""The coordinator's page about what nobody approved in time: what it offers when, and that looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import requests
from sqlalchemy import select, update

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.brought import LATE, approved, dropped, is_done, missed, returned, unapproved
from tests.store.desk import ASKED, SEND, approve, asked, hold, occurrence, read, recorded, state, token, work_at
from tests.store.sample import PRESS
from worker.approval.cases import LinkExpired, NoSuchLink, NotNow, Unfinished
from worker.approval.choices import LASTS, Option, choices, choose_by_link
from worker.notices.links import Purpose
from worker.office import Office
from worker.store.tables import events, occurrences

pytestmark = pytest.mark.usefixtures("already_asked")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_DAY = {"day": "2026-12-15", "hour": "09:30"}


def link(office: Office, person: str = "koordinator") -> str:
    return token(office, person, purpose=Purpose.CHOOSE)


def missed_after_a_return(office: Office) -> datetime:
    returned(office)
    work_at(office, LATE)
    return LATE


def held(office: Office) -> datetime:
    asked(office)
    hold(office, ASKED, SEND + DAY)
    return ASKED


EVERYTHING, LATER = (Option.ASK, Option.MOVE, Option.DROP), (Option.MOVE, Option.DROP)


@pytest.mark.parametrize(
    ("bring", "possible", "caution"),
    [
        (unapproved, EVERYTHING, ""),
        (missed, EVERYTHING, ""),
        (returned, LATER, "vrácený"),
        (missed_after_a_return, LATER, "vrácený"),
        (held, LATER, "státní smutek"),
        (approved, LATER, ""),
        (is_done, (), ""),
        (dropped, (), ""),
    ],
)
def test_what_is_possible_depends_on_the_state(
    office: Office, bring: Callable[[Office], datetime], possible: tuple[Option, ...], caution: str
) -> None:
    now = bring(office)
    key = link(office)
    with office.database.read() as tx:
        found = choices(tx, office, key, now)
    assert found.possible == possible
    assert caution in found.caution and bool(caution) == bool(found.caution)
    for option in set(Option) - set(possible):
        before = recorded(office)
        with pytest.raises(NotNow):
            choose_by_link(office, key, option, now, seen=found.seen, reason="x", **NEW_DAY)
        assert recorded(office) == before


def choose_now(office: Office, key: str, option: Option, now: datetime, **values: str) -> None:
    with office.database.read() as tx:
        seen = choices(tx, office, key, now).seen
    choose_by_link(office, key, option, now, **({"seen": seen, "reason": "výpadek"} | values))


@pytest.mark.parametrize("bring", [unapproved, missed])
def test_asked_anew_it_goes_out_once_it_is_approved(office: Office, bring: Callable[[Office], datetime]) -> None:
    now = bring(office)
    choose_now(office, link(office), Option.ASK, now, whence="page 10.0.0.9")
    row = occurrence(office)
    assert (row.state, row.send_at) == ("asked", now)
    assert "choice.moved" in recorded(office)
    with office.database.read() as tx:
        data = tx.execute(select(events.c.data).where(events.c.kind == "choice.moved")).scalar_one()
    assert '"whence":"page 10.0.0.9"' in data
    approve(office, token(office, "tiskovy-mluvci"), now + HOUR)
    work_at(office, now + HOUR)
    assert state(office) == "done"


def test_moved_it_is_asked_anew_for_its_new_day_and_dropped_it_stays_so(office: Office) -> None:
    now = missed(office)
    key = link(office)
    choose_now(office, key, Option.MOVE, now, **NEW_DAY)
    row = occurrence(office)
    assert (row.state, row.send_at) == ("asked", datetime.fromisoformat("2026-12-15T08:30:00+00:00"))
    choose_now(office, key, Option.DROP, now + HOUR)
    assert state(office) == "dropped"


UNFINISHED = [
    (Option.DROP, {"reason": "  "}),
    (Option.DROP, {"reason": "x" * 2001}),
    (Option.MOVE, {}),
    (Option.MOVE, {"day": "2026-12-15"}),
    (Option.MOVE, {"day": "15. 12.", "hour": "10:00"}),
    (Option.MOVE, {"day": "2026-02-30", "hour": "10:00"}),
    (Option.MOVE, {"day": "2026-12-08", "hour": "10:00"}),
]


def test_what_is_missing_or_cannot_be_is_said_and_nothing_changes(office: Office) -> None:
    now = missed(office)
    before, key = recorded(office), link(office)
    for option, values in UNFINISHED:
        with pytest.raises(Unfinished):
            choose_now(office, key, option, now, **values)
    assert (state(office), recorded(office)) == ("missed", before)


def test_a_choice_for_what_is_so_no_longer_is_refused(office: Office) -> None:
    now = missed(office)
    key = link(office)
    with office.database.read() as tx:
        seen = choices(tx, office, key, now).seen
    choose_by_link(office, key, Option.MOVE, now, seen=seen, reason="později", **NEW_DAY)
    with pytest.raises(NotNow, match="Mezitím"):
        choose_by_link(office, key, Option.DROP, now, seen=seen, reason="nebude")
    assert state(office) == "asked"


def test_the_link_ends_a_month_after_its_mail_and_with_the_coordinator_herself(office: Office) -> None:
    now = missed(office)
    key = link(office)  # minted at ASKED
    others = ["x" * 43, token(office, "koordinator", purpose=Purpose.EDIT), link(office, "tiskovy-mluvci")]
    with office.database.read() as tx:
        choices(tx, office, key, ASKED + LASTS - HOUR)
        with pytest.raises(LinkExpired) as expired:
            choices(tx, office, key, ASKED + LASTS)
        for other in others:
            with pytest.raises(NoSuchLink) as wrong:
                choices(tx, office, other, now)
            assert str(wrong.value) == str(expired.value), "the answer tells which it was"
        successor = replace(office, settings=replace(office.settings, coordinator="asz"))
        with pytest.raises(NoSuchLink):
            choices(tx, successor, key, now)


def test_what_left_the_plan_can_only_be_dropped(office: Office) -> None:
    now = missed(office)
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(activity="neni-v-planu"))
    key = link(office)
    with office.database.read() as tx:
        found = choices(tx, office, key, now)
    assert found.possible == (Option.DROP,) and "v plánu není" in found.caution


@pytest.mark.both
@pytest.mark.parametrize("bring", [unapproved, missed])
def test_of_many_at_once_one_is_made_and_the_others_are_told(
    office: Office, bring: Callable[[Office], datetime]
) -> None:
    now = bring(office)
    key = link(office)
    with pages(office, now) as served:
        address = f"{served.settings.base_url}/volba/{key}"
        before = (state(office), recorded(office))
        for _ in range(3):
            assert (
                requests.get(address, timeout=10).status_code == requests.head(address, timeout=10).status_code == 200
            )
        assert (state(office), recorded(office)) == before, "looking changed something"
        with office.database.read() as tx:
            seen = choices(tx, office, key, now).seen

        def post(number: int) -> requests.Response:
            form = {"choice": "drop" if number % 2 else "move", "reason": f"důvod {number}", "seen": seen, **NEW_DAY}
            return requests.post(address, data=form, timeout=30, allow_redirects=False)

        with ThreadPoolExecutor(8) as many:
            answers = list(many.map(post, range(16)))
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [303] + [409] * 15
        refused = next(answer.text for answer in answers if answer.status_code == 409)
        assert "vaše volba se neuložila" in refused.replace("\u00a0", " ")
    made = [kind for kind in recorded(office) if kind.startswith("choice.")]
    assert len(made) == 1


def test_the_mails_that_tell_of_it_lead_to_the_page(office: Office, relay: ScriptedRelay) -> None:
    now = missed(office)
    person = office.person("koordinator").email
    mails = [mail for mail in map(read, relay.received_by(person)) if mail["Hlasatel-Occurrence"] == PRESS]
    found = [re.search(r"https?://\S+/volba/([\w-]{43})", str(mail.get_body())) for mail in mails]
    keys = [each[1] for each in found if each is not None]
    assert len(set(keys)) == len(keys) == 2, "one in the mail that it is unapproved, one in that it is missed"
    with office.database.read() as tx:
        assert {choices(tx, office, key, now).occurrence.id for key in keys} == {PRESS}


def test_a_post_without_the_pages_own_field_chooses_nothing(office: Office) -> None:
    now = missed(office)
    with pages(office, now) as served:
        address = f"{served.settings.base_url}/volba/{link(office)}"
        for form in ({"choice": "drop", "reason": "x"}, {"reason": "x", "seen": "missed 1"}, {"choice": "everything"}):
            assert requests.post(address, data=form, timeout=10).status_code == 400
        foreign = requests.post(
            address, data={"choice": "drop", "reason": "x"}, headers={"Origin": "https://evil.example"}, timeout=10
        )
        assert foreign.status_code == 403
        nobody = requests.get(f"{served.settings.base_url}/volba/{'x' * 43}", timeout=10)
        assert nobody.status_code == 404 and "Tisková" not in nobody.text
    assert state(office) == "missed"
