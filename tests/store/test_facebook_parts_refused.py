"""A post's link and picture: what a page refuses goes back to its approver, and a picture comes from the press kit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, update

from tests.fixtures.desk_plan import without_media
from tests.fixtures.graph_server import GraphServer, Trouble
from tests.store.desk import approve, notices_to, token
from tests.store.places import WEB
from tests.store.posting import DAY, HOUR, MINUTE, TEXT, begun, play, row, rows
from tests.store.sample import NOW, PRESS
from tests.unit.drafting.sample import context
from worker.archive import kit
from worker.archive.kit import Given
from worker.drafting import checks
from worker.drafting.make import freeze
from worker.jobs.publish import Publish
from worker.jobs.start_sending import StartSending
from worker.kinds import all_kinds
from worker.notices.values import values_of
from worker.office import Office
from worker.store.tables import drafts, installation, occurrences

REFUSED = "https://www.example.org/poradna"


def test_a_refused_link_goes_back_to_its_approver_who_may_put_in_another(posting: Office, graph: GraphServer) -> None:
    plan = posting.settings.plan
    plan.write_text(without_media(plan.read_text(encoding="utf-8")), encoding="utf-8")
    begun(posting, {"text": TEXT, "link": REFUSED})
    made_of = context("facebook-text", PRESS)
    with posting.database.write() as tx:
        tx.execute(update(installation).values(first_start_at=NOW - DAY))
        tx.execute(update(drafts).values(material=freeze(all_kinds()["facebook-text"], made_of)))
    graph.troubles["feed"] = [Trouble(code=100, subcode=1609005)]
    play(posting, NOW)
    assert row(posting).state == "failed"
    with posting.database.read() as tx:
        (made,) = tx.execute(select(occurrences).where(occurrences.c.id != PRESS))
    assert (made.state, made.kinds, made.channels) == ("asked", ["facebook-text"], ["stranka"])
    assert made.approvers == ["tiskovy-mluvci"] and made.send_at == NOW + 2 * HOUR
    (asking,) = notices_to(posting, "tiskovy-mluvci", "approval_again")
    assert REFUSED in asking.data["reason"] and "1609005" in asking.data["reason"]
    with posting.database.write() as tx:
        below = values_of(tx, posting, asking, NOW)["below"]
    assert below == "Celé znění je níže.", "there is nothing that it has changed from"
    (notice,) = notices_to(posting, "koordinator", "publication_anew")
    assert made.id in notice.data["reason"]
    approve(posting, token(posting, "tiskovy-mluvci", made.id), NOW + MINUTE)
    play(posting, NOW + 2 * HOUR, StartSending(), Publish())
    (post,) = graph.posts
    assert post["message"] == TEXT and "link" not in post
    assert [each.state for each in rows(posting)] == ["failed", "published"]


def test_without_a_row_of_the_plan_a_person_posts_it(posting: Office, graph: GraphServer) -> None:
    begun(posting, {"text": TEXT, "link": REFUSED})
    graph.troubles["feed"] = [Trouble(code=1609005)]
    play(posting, NOW)
    assert row(posting).state == "failed"
    (notice,) = notices_to(posting, "koordinator", "publication_failed")
    assert "ručně" in notice.data["reason"]
    with posting.database.read() as tx:
        assert tx.execute(select(occurrences.c.id)).scalars().all() == [PRESS]


PHOTO = Given(b"\xff\xd8\xff picture", "Dveře.jpg", "Dveře poradny", "Eva Malá", False)
WITH_PHOTO = {"text": TEXT, "image": "dvere.jpg", "description": "Dveře do poradny"}


@pytest.mark.parametrize(
    ("added", "taken_out", "state"),
    [
        pytest.param([NOW - DAY], False, "published", id="there"),
        pytest.param([NOW - DAY], True, "failed", id="it disappeared"),
        pytest.param([NOW + MINUTE], False, "failed", id="added after the approval"),
        pytest.param([NOW - DAY, NOW - DAY], False, "failed", id="two of one name"),
        pytest.param([], False, "failed", id="none"),
    ],
)
def test_a_post_takes_its_picture_from_the_press_kit_or_stays_in(
    posting: Office, graph: GraphServer, added: list[datetime], taken_out: bool, state: str
) -> None:
    begun(posting, WITH_PHOTO)
    with posting.database.write() as tx:
        for at in added:
            number = kit.add(tx, PRESS, PHOTO, at, person="koordinator")
            if taken_out:
                kit.remove(tx, PRESS, number, NOW, person="koordinator")
    play(posting, NOW + 2 * MINUTE)
    assert row(posting).state == state
    assert [photo["alt_text_custom"] for photo in graph.photos] == ["Dveře do poradny"] * (state == "published")
    assert len(graph.posts) == (state == "published")


@pytest.mark.parametrize(
    ("image", "added", "lacking"),
    [
        pytest.param("dvere.jpg", [NOW - DAY], 0, id="there"),
        pytest.param("dvere.jpg", [], 1, id="none"),
        pytest.param("dvere.jpg", [NOW - DAY, NOW - DAY], 1, id="two"),
        pytest.param("https://www.example.org/a.jpg", [], 0, id="an address"),
        pytest.param("", [], 0, id="no picture"),
    ],
)
def test_a_picture_that_no_page_could_post_is_told_before_the_approval(
    posting: Office, image: str, added: list[datetime], lacking: int
) -> None:
    begun(posting, WITH_PHOTO | {"image": image})
    with posting.database.write() as tx:
        for at in added:
            kit.add(tx, PRESS, PHOTO, at, person="koordinator")
        occurrence = tx.execute(select(occurrences)).one()
        for office, expected in ((posting, lacking), (replace(posting, media={WEB.id: WEB}), 0)):
            found = checks.found(tx, office, occurrence, tx.execute(select(drafts)).all(), NOW)
            told_of = [check for check in found if check.level == "error" and "podklady" in check.message]
            assert len(told_of) == expected
