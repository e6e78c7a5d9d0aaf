"""A correction reaches those who got the original and are still to be written to, after an approval of its own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import (
    SEND,
    approve,
    asked,
    body_of,
    notices_to,
    occurrence,
    read,
    recorded,
    state,
    token,
    words,
    work_at,
)
from tests.store.sample import KEY, PRESS, add_people, address
from tests.store.test_story_page import visiting
from worker.approval.edit import edit
from worker.audience.leaving.leave import Leaving, leave
from worker.audience.members import Addressed, size
from worker.cli.main import main
from worker.drafting import packages
from worker.errors import HlasatelError
from worker.office import Office
from worker.planning import corrections
from worker.planning.current import plan_in_force
from worker.record.why import story
from worker.store.states import DeliveryState, OccurrenceState
from worker.store.tables import deliveries, occurrences, recipients

BEGUN = SEND + timedelta(hours=1)
GOES_OUT = SEND + timedelta(hours=4)
WORDS = {"wrong": "Setkání se koná 9. prosince.", "right": "Setkání se koná 10. prosince."}


def mailed(office: Office) -> Office:
    """The December press release, which waited for its approval, went to people 1 to 4 of the regional media."""
    with office.database.write() as tx:
        add_people(tx, "media-regionalni", [1, 2, 3, 4])
    approve(office, token(office, "tiskovy-mluvci"))
    work_at(office, SEND)
    assert state(office) == "done"
    return office


def correct(office: Office) -> str:
    with office.database.write() as tx:
        made, goes_out = corrections.correct(
            tx, plan_in_force(tx, office), PRESS, BEGUN, send_at=GOES_OUT, reason="chybný den",
            person="koordinator", whence="command",
        )  # fmt: skip
    assert goes_out == GOES_OUT
    return made


def person(office: Office, number: int) -> int:
    with office.database.read() as tx:
        return int(tx.execute(select(recipients.c.id).where(recipients.c.address == address(number))).scalar_one())


def test_it_goes_to_those_who_got_the_original_and_are_still_there(office: Office, relay: ScriptedRelay) -> None:
    asked(office)
    sent = mailed(office)
    with sent.database.write() as tx:
        leave(tx, sent, Leaving(1, person(sent, 2), PRESS, ("media",)), BEGUN)
        refused = deliveries.c.recipient_id == person(sent, 3)
        tx.execute(update(deliveries).where(refused).values(state=DeliveryState.FAILED))
        doubtful = deliveries.c.recipient_id == person(sent, 4)
        tx.execute(update(deliveries).where(doubtful).values(state=DeliveryState.UNKNOWN))
        add_people(tx, "media-regionalni", [5])
    made = correct(sent)
    assert (occurrence(sent, made).corrects, occurrence(sent, made).lists) == (PRESS, ["media"])
    with sent.database.read() as tx:
        assert size(tx, sent, Addressed(("media",), corrects=PRESS), BEGUN) == 2

    work_at(sent, BEGUN)
    assert state(sent, made) == "asked"
    with sent.database.read() as tx:
        package = packages.latest(tx, made)
        assert package is not None and package.audience == 2
        [draft] = packages.drafts_of(tx, package.id)
    assert draft.fields["headline"].startswith("Oprava: Tisková zpráva: V roce 2027")
    assert [each["code"] for each in draft.findings if each["level"] == "error"] == ["missing-wrong", "missing-right"]

    link = token(sent, "tiskovy-mluvci", made)
    edit(sent, link, {"correction": WORDS}, BEGUN, version=1)
    approve(sent, token(sent, "tiskovy-mluvci", made), BEGUN)
    before = len(relay.received)
    work_at(sent, GOES_OUT)
    assert state(sent, made) == "done"
    mails = [mail for mail in relay.received[before:] if read(mail)["Hlasatel-Occurrence"] == made]
    to = sorted(mail.recipient for mail in mails if "List-Id" in read(mail))
    assert to == sorted([address(1), address(4)])
    text = body_of(read(next(mail for mail in mails if mail.recipient == address(1))))
    assert "byla chyba. Opravujeme ji." in " ".join(text.split())
    assert "Setkání se koná 10.\u00a0prosince." in text
    (asked_to,) = notices_to(sent, sent.settings.facebook, "put_right")
    assert (asked_to.occurrence_id, asked_to.data["original"]) == (made, PRESS), "the page's administrator has the post"
    (brought,) = [mail for mail in mails if mail.recipient == sent.person(asked_to.person).email]
    assert "10. prosince" in words(read(brought)) and "připojte ji prosím" in words(read(brought))


def test_the_approver_is_told_who_gets_it_and_the_original_what_corrects_it(
    asked_office: Office, relay: ScriptedRelay
) -> None:
    office = mailed(asked_office)
    made = correct(office)
    before = len(relay.received)
    work_at(office, BEGUN)
    assert made in {ask.occurrence_id for ask in notices_to(office, "tiskovy-mluvci", "approval")}
    mail = next(read(each) for each in relay.received[before:] if read(each)["Hlasatel-Occurrence"] == made)
    told = " ".join(body_of(mail).replace("\u00a0", " ").split())
    assert f"ti, kdo dostali {PRESS} a neodhlásili se" in told
    with office.database.read() as tx:
        lines = story(tx, office, PRESS, BEGUN)
    assert lines is not None
    assert any(f"zakládá opravu {made}. Důvod: chybný den" in line for line in lines)


def test_the_coordinator_begins_it_on_the_page_of_what_was_mailed(asked_office: Office) -> None:
    path = f"/koordinator/oprava/{PRESS}"
    with visiting(asked_office, at=SEND) as visit:
        assert visit.get(path).status_code == 404
        assert path not in visit.get(f"/koordinator/termin/{PRESS}").text
    office = mailed(asked_office)
    with visiting(office, None, at=BEGUN) as stranger:
        assert "proof" not in stranger.get(path).text
    with visiting(office, at=BEGUN) as visit:
        assert f'href="{visit.base}{path}"' in visit.get(f"/koordinator/termin/{PRESS}").text
        page = visit.get(path)
        assert "(teď 4)" in page.text.replace("\u00a0", " ")
        proof = re.findall(r'name="proof" value="([0-9a-f]{64})"', page.text)[-1]
        address = visit.base + path
        assert visit.session.post(address, data={"reason": "x"}, timeout=10).status_code == 403
        assert visit.session.post(address, data={"reason": " ", "proof": proof}, timeout=10).status_code == 400
        assert "correction.begun" not in recorded(office)
        form = {"reason": "chybný den", "proof": proof}
        answer = visit.session.post(address, data=form, timeout=10, allow_redirects=False)
    assert answer.status_code == 303
    made = answer.headers["Location"].partition("/koordinator/termin/")[2]
    assert occurrence(office, made).corrects == PRESS


def test_only_what_was_mailed_to_its_end_is_corrected(asked_office: Office) -> None:
    with pytest.raises(HlasatelError, match="nikomu nerozesílalo"):
        correct(asked_office)
    office = mailed(asked_office)
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(state=OccurrenceState.SENDING))
    with pytest.raises(HlasatelError, match="ještě rozesílá"):
        correct(office)
    assert "correction.begun" not in recorded(office)


def test_the_command_says_when_it_goes_out_and_what_comes_next(
    asked_office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office = mailed(asked_office)
    monkeypatch.setenv("HLASATEL_DATABASE_URL", office.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("HLASATEL_DATA", str(office.settings.data))
    monkeypatch.setenv("HLASATEL_SECRET_KEY", KEY)
    moments = ["--at", "2026-12-09T14:00", "--now", "2026-12-08T12:00"]
    with pytest.raises(SystemExit) as ended:
        main(["occurrence", "correct", PRESS, "--reason", "chybný den", *moments])
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert ended.value.code in (0, None)
    assert "Oprava tiskova-zprava/2026-12-09 je založena, odejde" in said
    assert "14:00" in said
    assert occurrence(office, "tiskova-zprava/2026-12-09").corrects == PRESS
