"""The recipient's own places, and what an approval binds to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from worker.drafting.digest import canonical, draft_digest, package_digest
from worker.drafting.slots import SLOT_GREETING, SLOT_UNSUBSCRIBE, fill

SEND_AT = datetime(2026, 12, 8, 9, tzinfo=UTC)


def test_slots_are_filled_and_escaped_in_html_alone() -> None:
    text = f"{SLOT_GREETING} {SLOT_UNSUBSCRIBE}"
    assert fill(text, greeting="A & B,", unsubscribe="https://x.cz/u?a=1&b", html=True) == (
        "A &amp; B, https://x.cz/u?a=1&amp;b"
    )
    assert fill(text, greeting="A & B,", unsubscribe="u", html=False) == "A & B, u"


def test_a_greeting_that_spells_a_slot_stays_as_it_is() -> None:
    assert fill(SLOT_GREETING, greeting=SLOT_UNSUBSCRIBE, unsubscribe="u", html=False) == SLOT_UNSUBSCRIBE


def test_canonical_json_has_one_spelling() -> None:
    assert canonical({"b": "ž", "a": [1, None]}) == '{"a":[1,null],"b":"ž"}'.encode()


@pytest.mark.parametrize("part", range(5))
def test_every_part_of_a_draft_changes_its_digest(part: int) -> None:
    parts = ["press-release", "email", "Předmět", "<p>a</p>", "a"]
    other = [*parts]
    other[part] += "x"
    first, second = (draft_digest(each[0], each[1], each[2], each[3], each[4]) for each in (parts, other))
    assert first != second


def test_a_package_binds_drafts_lists_and_the_send_time() -> None:
    lists: dict[str, dict[str, object]] = {"media": {"name": "Média", "includes": ["a", "b"]}, "a": {"name": "A"}}
    headings = {"press-release": {"from_name": "Kraj"}}
    base = package_digest(["1", "2"], lists, SEND_AT, headings)
    assert base == package_digest(["1", "2"], dict(reversed(lists.items())), SEND_AT, headings)
    assert base == package_digest(["1", "2"], lists, SEND_AT.astimezone(timezone(timedelta(hours=1))), headings)
    different = [
        package_digest(["2", "1"], lists, SEND_AT, headings),
        package_digest(["1"], lists, SEND_AT, headings),
        package_digest(["1", "2"], {**lists, "a": {"name": "B"}}, SEND_AT, headings),
        package_digest(["1", "2"], lists, SEND_AT + timedelta(seconds=1), headings),
        package_digest(["1", "2"], lists, None, headings),
        package_digest(["1", "2"], lists, SEND_AT, {"press-release": {"from_name": "Okres"}}),
        package_digest(["1", "2"], lists, SEND_AT, {}),
    ]
    assert len({base, *different}) == 8


def test_a_send_time_without_a_zone_is_a_defect() -> None:
    with pytest.raises(ValueError, match="zone"):
        package_digest([], {}, datetime(2026, 12, 8), {})
