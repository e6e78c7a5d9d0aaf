"""What a contributor typed: complete and fit to be printed, or refused with the field that it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from worker.approval.cases import Unfinished
from worker.contributions.giving import Words, words_of
from worker.record.contributions import People

NOW = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
TEXT = {"text": " Otevřeli jsme\r\nporadnu. ", "people": "nobody"}
CONSENT = TEXT | {"people": "consent", "consent_of": "Jan  Vzorný", "consent_by": "guardian"}


def test_words_are_kept_as_typed_with_plain_lines() -> None:
    assert words_of(TEXT, NOW, with_photo=False) == Words(
        "", "Otevřeli jsme\nporadnu.", People.NOBODY, "", "", None, "", ""
    )


def test_a_consent_is_kept_only_where_there_is_one() -> None:
    found = words_of(CONSENT | {"until": "2026-11-21"}, NOW, with_photo=False)
    assert (found.consent_of, found.consent_by, found.until) == ("Jan Vzorný", "guardian", date(2026, 11, 21))
    assert words_of(CONSENT | {"until": ""}, NOW, with_photo=False).until is None
    for people in ("nobody", "not-yet"):
        found = words_of(CONSENT | {"people": people}, NOW, with_photo=False)
        assert (found.consent_of, found.consent_by, found.until) == ("", "", None)


def test_a_photo_alone_is_a_contribution() -> None:
    form = {"people": "nobody", "description": "Poradna", "author": "Petr Vzorný"}
    assert words_of(form, NOW, with_photo=True).text == ""


@pytest.mark.parametrize(
    ("changes", "photo", "field"),
    [
        ({"text": " "}, False, "text"),
        ({"text": "x" * 4001}, False, "text"),
        ({"text": "a\x00b"}, False, "text"),
        ({"text": "Odhlásit: @@unsubscribe@@"}, False, "text"),
        ({"text": "a\ufffeb"}, False, "text"),
        ({"people": ""}, False, "people"),
        ({"people": "each"}, False, "people"),
        ({"consent_of": ""}, False, "consent_of"),
        ({"consent_by": ""}, False, "consent_by"),
        ({"consent_by": "nobody"}, False, "consent_by"),
        ({"until": "zítra"}, False, "until"),
        ({"until": "2026-11-20"}, False, "until"),
        ({"author": "Jana"}, True, "description"),
        ({"description": "Poradna"}, True, "author"),
        ({"description": "Poradna"}, False, "photo"),
        ({"author": "Jana"}, False, "photo"),
        ({"signed": "x" * 201}, False, "signed"),
        ({"description": "x" * 201, "author": "Jana"}, True, "description"),
    ],
)
def test_what_is_not_fit_names_its_field(changes: dict[str, str], photo: bool, field: str) -> None:
    with pytest.raises(Unfinished) as refused:
        words_of(CONSENT | changes, NOW, with_photo=photo)
    assert refused.value.field == field
    assert str(refused.value).endswith(".")
