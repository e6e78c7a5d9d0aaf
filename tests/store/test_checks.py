"""What the checks find in a package before it is approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from tests.store.desk import ASKED, SEND, occurrence
from tests.store.sample import NOW, PRESS
from tests.store.seated import SPOKESWOMAN, put_before
from worker.drafting import checks, packages
from worker.drafting.checks import Check
from worker.office import Office
from worker.settings import Election, Project
from worker.store import tables


@pytest.fixture
def waiting(office: Office) -> Office:
    """The December press release waits for its approval; its activity tells of people."""
    put_before(office, SPOKESWOMAN, stories=True)
    return office


def found(office: Office, *, deciding: bool = True) -> tuple[Check, ...]:
    with office.database.read() as tx:
        package = packages.latest(tx, PRESS)
        assert package is not None
        drafts = packages.drafts_of(tx, package.id)
        return checks.found(tx, office, occurrence(office), drafts, ASKED, deciding=deciding)


def note(office: Office, **values: Any) -> None:
    row = {
        "occurrence_id": PRESS,
        "subject": "paní z Liberce",
        "given_by": "person",
        "noted_by": "koordinator",
        "noted_at": NOW,
    }
    with office.database.write() as tx:
        tx.execute(tables.consents.insert().values(row | values))


def errors(office: Office) -> list[str]:
    return [check.message for check in found(office) if check.level == "error"]


def test_a_story_needs_a_consent(waiting: Office) -> None:
    assert len(errors(waiting)) == 1 and f"consent note {PRESS}" in errors(waiting)[0]
    note(waiting)
    assert errors(waiting) == []


def test_what_tells_of_nobody_needs_none(waiting: Office) -> None:
    with waiting.database.write() as tx:
        tx.execute(update(tables.occurrences).values(stories=False))
    assert errors(waiting) == []


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"until": SEND.date()}, True),
        ({"until": SEND.date() - timedelta(days=1)}, False),
        ({"withdrawn_at": ASKED}, False),
    ],
)
def test_a_consent_counts_up_to_its_last_day_unless_withdrawn(
    waiting: Office, values: dict[str, Any], counts: bool
) -> None:
    note(waiting, **values)
    assert (errors(waiting) == []) is counts


def test_a_withdrawn_consent_beside_another_is_a_warning(waiting: Office) -> None:
    note(waiting)
    note(waiting, withdrawn_at=ASKED)
    assert errors(waiting) == []
    assert any("1 z celkem 2" in check.message for check in found(waiting))


def test_somebody_who_comments_is_told_of_no_command_and_no_return(waiting: Office) -> None:
    for row in ({"withdrawn_at": ASKED}, {}):
        note(waiting, **row)
        told = [check.message for check in found(waiting, deciding=False) if "souhlas" in check.message]
        assert len(told) == 1 and "do připomínky" in told[0]
        assert "hlasatel consent" not in told[0] and "vraťte" not in told[0]


def test_findings_name_their_draft_and_errors_come_first(waiting: Office) -> None:
    warning, error = ({"level": level, "code": "x", "message": f"a {level}"} for level in ("warning", "error"))
    with waiting.database.write() as tx:
        tx.execute(update(tables.drafts).values(findings=[warning, error]))
    note(waiting)
    shown = found(waiting)
    assert [check.level for check in shown] == sorted(check.level for check in shown)
    assert shown[0] == Check("Tisková zpráva", "error", "a error")
    assert Check("Tisková zpráva", "warning", "a warning") in shown


def test_a_near_election_is_a_warning_about_the_whole_package(waiting: Office) -> None:
    note(waiting)
    days = {"first_day": "2026-12-11", "last_day": "2026-12-12"}
    near = Election.model_validate({"id": "volby", "name": "Volby", "note": "zkouška", **days})
    assert not [check for check in found(waiting) if "Volby" in check.message]
    shown = found(replace(waiting, elections=(near,)))
    assert [(check.draft, check.level) for check in shown if "Volby" in check.message] == [("", "warning")]


FUNDED = Project(id="kpss", name="KPSS", number="CZ.03/16_063", sentence="Projekt spolufinancuje Evropská unie.")


def with_project(office: Office, release: str, post: str, *, drafted_for_it: bool = True) -> list[tuple[str, str]]:
    """(draft, message) of the errors when the plan names a project, and press release and Facebook text say this."""
    facebook = {"kind": "facebook-text", "channel": "handoff", "digest": "d", "subject": "", "html": "", "text": post}
    with office.database.write() as tx:
        tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == PRESS).values(project="kpss"))
        package = packages.latest(tx, PRESS)
        assert package is not None
        tx.execute(delete(tables.drafts).where(tables.drafts.c.position == 1))
        material = {"project": {"id": "kpss"} if drafted_for_it else None}
        tx.execute(update(tables.drafts).values(text=release, material=material))
        rest = {"package_id": package.id, "position": 1, "fields": {}, "material": material, "findings": []}
        tx.execute(tables.drafts.insert().values(facebook | rest))
    return [(check.draft, check.message) for check in found(office) if check.level == "error"]


def test_every_draft_names_the_funder_of_the_project_that_the_plan_names_now(waiting: Office) -> None:
    note(waiting)
    funded = replace(waiting, projects={"kpss": FUNDED})
    mark = f"{FUNDED.sentence}\nČíslo: {FUNDED.number}"
    assert with_project(funded, mark, mark) == []
    [(draft, message)] = with_project(funded, mark, f"Zpráva. {FUNDED.sentence}")
    assert draft == "Text na Facebook"
    assert FUNDED.sentence in message and FUNDED.number in message


def test_what_was_drafted_before_the_plan_named_the_project_lacks_its_emblem(waiting: Office) -> None:
    note(waiting)
    funded = replace(waiting, projects={"kpss": FUNDED})
    mark = f"{FUNDED.sentence}\nČíslo: {FUNDED.number}"
    lacking = with_project(funded, mark, mark, drafted_for_it=False)
    assert [draft for draft, _ in lacking] == ["Tisková zpráva", "Text na Facebook"]
    assert all("znak se přidá sám" in message for _, message in lacking)


def test_what_the_lint_said_of_another_project_is_not_repeated(waiting: Office) -> None:
    note(waiting)
    old = {"level": "error", "code": "no-funder", "message": "Jiný projekt."}
    with waiting.database.write() as tx:
        tx.execute(update(tables.drafts).values(findings=[old]))
    assert errors(waiting) == []


def test_a_project_that_is_gone_stops_the_approval(waiting: Office) -> None:
    note(waiting)
    [(draft, message)] = with_project(waiting, "Zpráva.", "Zpráva.")
    assert draft == "" and "„kpss“" in message
