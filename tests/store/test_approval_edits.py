"""An edit of what an approval takes: what it changes in the database, what it voids, and how it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.planned import BEGUN, MONTHLY, decided, occurrence, plan_of, put, take
from worker.office import Office
from worker.planning.changes import Change, What, changes
from worker.planning.told import as_json, sentence, shown
from worker.settings import Project
from worker.store.states import OccurrenceState

MARCH = "zprava/2027-03"
TWO = MONTHLY.replace("[tiskovy-mluvci]", "[tiskovy-mluvci, reditel]")
KPSS = Project(id="kpss", name="Komunitní plánování", number="CZ.03", sentence="Spolufinancuje EU.")


@pytest.fixture
def funded(office: Office) -> Office:
    """An office that knows one project."""
    return replace(office, projects={"kpss": KPSS})


def edited(office: Office, *rows: str) -> Change:
    """What taking up a plan of these rows would do to the March occurrence."""
    with office.database.read() as tx:
        found = shown(changes(tx, plan_of(office, *rows), BEGUN))
    return next(change for change in found if change.id == MARCH)


def told(office: Office, change: Change) -> str:
    return sentence(office, change, BEGUN)


def test_what_an_approval_takes_is_kept_with_the_occurrence(funded: Office) -> None:
    more = "approval: in-order\ncommenters: [asz]\ncode: true\nstories: true\nproject: kpss\n"
    take(funded, TWO + more)
    row = occurrence(funded, MARCH)
    assert (row.approval, row.commenters, row.code, row.stories, row.project) == (
        "in-order",
        ["asz"],
        True,
        True,
        "kpss",
    )
    assert "comment" in row.stages
    take(funded, TWO)
    row = occurrence(funded, MARCH)
    assert (row.approval, row.commenters, row.code, row.stories, row.project) == ("one", [], False, False, None)
    assert "comment" not in row.stages


@pytest.mark.parametrize(
    ("more", "said", "changed"),
    [
        ("approval: all\n", "změní se, kolik schválení je třeba: z „stačí jedno“ na „všichni, v lib", "approval"),
        ("commenters: [asz]\n", "kdo připomínkuje: z „nikdo“ na „Agentura pro sociální začleňování“", "commenters"),
        ("code: true\n", "bude třeba i jednorázový kód", "code"),
        ("stories: true\n", "bude vyprávět o lidech", "stories"),
        ("topics: [dluhy, zdravi]\n", "z „všechna témata“ na „dluhy, zdraví“", "topics"),
        ("project: kpss\n", "z „žádný“ na „Komunitní plánování“", "project"),
    ],
)
def test_an_edit_of_it_is_told(funded: Office, more: str, said: str, changed: str) -> None:
    take(funded, TWO)
    there = edited(funded, TWO + more)
    assert there.what is What.CHANGED
    assert said in told(funded, there)
    assert changed in as_json(there)["changed"]
    take(funded, TWO + more)
    back = edited(funded, TWO)
    assert changed in as_json(back)["changed"]
    assert told(funded, back) and told(funded, back) != told(funded, there)


@pytest.mark.parametrize(
    ("before", "after", "anew"),
    [
        (TWO, TWO + "approval: all\n", True),
        (TWO, TWO.replace("[tiskovy-mluvci, reditel]", "[reditel, tiskovy-mluvci]"), False),
        (
            TWO + "approval: in-order\n",
            TWO.replace("[tiskovy-mluvci, reditel]", "[reditel, tiskovy-mluvci]") + "approval: in-order\n",
            True,
        ),
        (TWO, TWO + "code: true\ncommenters: [asz]\n", False),
    ],
)
def test_what_is_approved_is_asked_for_anew_when_its_rule_or_its_order_changes(
    funded: Office, before: str, after: str, anew: bool
) -> None:
    take(funded, before)
    decided(funded, MARCH)
    assert edited(funded, after).asked_anew is anew


def test_what_is_being_drafted_gets_its_comment_round(funded: Office) -> None:
    take(funded, TWO)
    put(funded, MARCH, OccurrenceState.PREPARING)
    take(funded, TWO + "commenters: [asz]\n")
    assert (occurrence(funded, MARCH).commenters, occurrence(funded, MARCH).state) == (["asz"], "preparing")
