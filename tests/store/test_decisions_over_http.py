"""Very many opposite decisions posted at one moment to the real pages, on each database."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from tests.fixtures.at_once import post_at_once
from tests.fixtures.pages import pages
from tests.store.desk import ASKED, asked, recorded, state, token
from worker.notices import links
from worker.notices.links import Purpose
from worker.office import Office
from worker.store.tables import decisions


# A hundred and fifty are more than the pages have threads and connections for; a thousand are what was promised.
@pytest.mark.parametrize("number_of_posts", [150, pytest.param(1000, marks=pytest.mark.long)])
def test_of_many_opposite_posts_one_decides_and_the_others_hear_whose_it_was(
    office: Office, number_of_posts: int
) -> None:
    tokens = [asked(office), token(office, "tiskovy-mluvci"), token(office, "zastupce-mluvciho")]
    with pages(office, ASKED) as reached:
        addresses = [links.address(reached.settings.base_url, Purpose.APPROVE, each) for each in tokens]
        forms = [
            {"version": "1", "decision": "approve", "comment": "souhlasím"},
            {"version": "1", "decision": "return", "comment": "ne"},
        ]
        posts = [(addresses[number % 3], forms[number % 2]) for number in range(number_of_posts)]
        answers = post_at_once(posts, seconds=300)
    assert Counter(status for status, _ in answers) == {303: 1, 409: number_of_posts - 1}
    with office.database.read() as tx:
        (made,) = tx.execute(select(decisions)).all()
    winner = office.person_name(made.person)
    assert [body for status, body in answers if status == 409 and winner not in body] == []
    assert state(office) == {"approve": "approved", "return": "returned"}[made.decision]
    assert [each for each in recorded(office) if each.startswith("decision.")] == [f"decision.{state(office)}"]
