"""The emergency release: what it lets go, what stops it, who hears of it, and how it stands in the record."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.store.desk import ASKED, SEND, approve, asked, at_work, hold, state, token
from tests.store.sample import KEY, PRESS, ROOT
from tests.store.seated import (
    COORDINATOR,
    DEADLINE,
    DEPUTY,
    DIRECTOR,
    SPOKESWOMAN,
    made,
    mails,
    put_before,
    recorded_last,
    said_to,
    standing_in,
)
from worker.approval import decide
from worker.approval.cases import AlreadyDecided, NotNow, NotThisVersion, Refused, Unfinished
from worker.approval.decide import Choice, approved_package
from worker.approval.release import release
from worker.errors import HlasatelError
from worker.jobs.publish import Publish
from worker.jobs.start_sending import StartSending
from worker.kinds import Finding
from worker.office import Office
from worker.settings import load_media
from worker.store.tables import decisions, occurrences

REASON = "Mluvčí je v nemocnici, lidé to potřebují vědět dnes."


def let_go(
    office: Office,
    now: datetime = ASKED,
    *,
    reason: str = REASON,
    person: str = COORDINATOR,
    version: int | None = None,
) -> str:
    return release(office, PRESS, now, reason=reason, person=person, whence="command", version=version)


def test_it_goes_out_at_its_time_and_is_marked_for_what_it_is(office: Office) -> None:
    put_before(office, SPOKESWOMAN, DIRECTOR, rule="all")
    approve(office, token(office, DIRECTOR))
    told = let_go(office)
    assert told.startswith(f"Uvolněno bez schválení, verze 1: {PRESS}. Odejde v\N{NO-BREAK SPACE}úterý 8.")
    with office.database.read() as tx:
        package = approved_package(tx, PRESS)
    (seat, own) = made(office)
    assert (seat.person, seat.emergency) == (DIRECTOR, False)
    assert (own.person, own.emergency, own.seat, own.comment, own.whence) == (COORDINATOR, True, "", REASON, "command")
    assert own.digest == package.digest
    event = recorded_last(office, "decision.released")
    assert event == {"version": 1, "digest": package.digest, "reason": REASON, "whence": "command"}
    with at_work(office, SEND - timedelta(minutes=1)) as current:
        assert not StartSending().do_one(current, SEND - timedelta(minutes=1))
    with at_work(office, SEND) as current:
        assert StartSending().do_one(current, SEND)
    assert state(office) == "sending"


def test_whoever_publishes_a_text_is_told_that_it_was_released_and_not_approved(office: Office) -> None:
    asked(office)
    let_go(office)
    with at_work(office, SEND) as current:
        assert StartSending().do_one(current, SEND)
        assert Publish().do_one(current, SEND)
    basis = said_to(office, "handoff", office.settings.facebook)["basis"]
    assert basis.startswith("Mimořádně a bez schválení uvolněné je přesně toto znění")
    assert REASON in basis


def test_after_the_send_time_it_goes_out_at_once_and_after_the_deadline_not_at_all(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    with pytest.raises(NotNow, match=r"Uvolnit to šlo do .* hlasatel occurrence move"):
        let_go(office, DEADLINE)
    assert "Odejde hned." in let_go(office, SEND + timedelta(hours=1))


def test_what_was_returned_can_be_released_and_the_return_counts_no_more(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    decide.decide(office, token(office, SPOKESWOMAN), Choice.RETURN, "ještě doplnit", ASKED)
    let_go(office)
    assert (state(office), [each.emergency for each in made(office)]) == ("approved", [True])
    with office.database.read() as tx:
        assert len(tx.execute(select(decisions)).all()) == 2  # the return stays in the record


def test_everybody_concerned_is_alerted(office: Office) -> None:
    office = standing_in(office, DIRECTOR, "vedeni-kraje", days=(date(2026, 12, 1), date(2026, 12, 1)))
    put_before(office, SPOKESWOMAN, DIRECTOR, rule="in-order", author="asz")
    let_go(office)
    alerted = {person for kind, person in mails(office) if kind == "released"}
    assert alerted == {SPOKESWOMAN, DIRECTOR, DEPUTY, "vedeni-kraje", "asz"}
    assert ("released_yours", COORDINATOR) in mails(office)  # with how to stop it
    assert said_to(office, "released", DIRECTOR)["said"] == f"Důvod: „{REASON}“"
    assert not {kind for kind, _ in mails(office)} & {"approval", "deputy"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"reason": "  "}, "potřeba napsat důvod"),
        ({"reason": "a\0b"}, "řídicí znaky"),
        ({"reason": "a" * 5001}, "delší než 5000"),
        ({"person": SPOKESWOMAN}, "jen koordinátor"),
        ({"version": 2}, "nová verze"),
    ],
)
def test_it_needs_a_reason_the_coordinator_and_the_version_shown(
    office: Office, changed: dict[str, Any], says: str
) -> None:
    put_before(office, SPOKESWOMAN)
    with pytest.raises(Refused, match=says):
        let_go(office, **changed)
    assert (state(office), made(office)) == ("asked", [])
    assert not {kind for kind, _ in mails(office)} & {"released"}


def test_the_checks_stop_it_like_an_approval(office: Office) -> None:
    put_before(office, SPOKESWOMAN, faults=(Finding("error", "headline", "Chybí titulek."),))
    with pytest.raises(Unfinished, match="Chybí titulek"):
        let_go(office)
    assert (state(office), made(office)) == ("asked", [])


def test_what_is_approved_or_given_up_is_not_released(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    approve(office, token(office, SPOKESWOMAN))
    with pytest.raises(AlreadyDecided, match="už je schválená: Tisková mluvčí"):
        let_go(office)
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(state="dropped"))
    with pytest.raises(NotNow, match="hlasatel why"):
        let_go(office)
    with pytest.raises(HlasatelError, match="zatím v databázi není"):
        release(office, "nic/2026", ASKED, reason=REASON, person=COORDINATOR, whence="command")
    assert [each.emergency for each in made(office)] == [False]


def test_what_is_released_nobody_approves_or_takes_back_any_more(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    let_go(office)
    link = token(office, SPOKESWOMAN)
    with pytest.raises(AlreadyDecided, match="mimořádně uvolněná bez schválení: Koordinátor"):
        approve(office, link)
    with pytest.raises(NotNow, match="Není co vzít zpět"):
        decide.take_back(office, token(office, COORDINATOR), ASKED)
    assert (state(office), len(made(office))) == ("approved", 1)


def _moved(office: Office) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(send_at=SEND + timedelta(minutes=30)))


def _given_another_approver(office: Office) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(approvers=[DIRECTOR]))


@pytest.mark.parametrize("change", [_moved, _given_another_approver])
def test_it_binds_to_what_would_go_out(office: Office, change: Callable[[Office], None]) -> None:
    """What changed before is asked for anew instead; so is what changed afterwards, and it is not sent."""
    put_before(office, SPOKESWOMAN)
    change(office)
    with pytest.raises(NotThisVersion):
        let_go(office)
    assert (state(office), made(office)) == ("asked", [])
    let_go(office)
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(send_at=SEND, approvers=[SPOKESWOMAN, DIRECTOR]))
    with at_work(office, SEND) as current:
        StartSending().do_one(current, SEND)
    assert (state(office), made(office)) == ("asked", [])


def test_nothing_is_released_while_everything_is_held(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    hold(office, ASKED, SEND)
    with pytest.raises(NotNow, match="státní smutek"):
        let_go(office)
    assert state(office) == "held"


def test_the_command_releases_it(office: Office, url: str, tmp_path: Path) -> None:
    office = replace(office, media=load_media(ROOT / "config"))  # where it goes is bound, too
    put_before(office, SPOKESWOMAN)
    environ = os.environ | {
        "HLASATEL_DATABASE_URL": url,
        "HLASATEL_SECRET_KEY": KEY,
        "HLASATEL_DATA": str(tmp_path / "data"),
    }

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "worker.cli.main", "occurrence", "release", PRESS, "--now", ASKED.isoformat()]
        return subprocess.run([*command, *more], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120)

    assert run().returncode == 2
    done = run("--reason", REASON)
    assert (done.returncode, done.stdout.startswith("Uvolněno bez schválení")) == (0, True), done.stderr
    assert (state(office), made(office)[0].whence) == ("approved", "command")
