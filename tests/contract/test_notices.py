"""What every kind of notice must keep; a new kind is picked up by itself."""

from __future__ import annotations

import pytest

from worker.messages import LANGUAGES, say
from worker.notices.kinds import KINDS, NoticeKind
from worker.notices.links import PATHS, Purpose


def said(key: str, language: str) -> str:
    """The message with `x` in all its places; an assertion fails when the catalogue does not have it."""
    values: dict[str, str] = {}
    while True:
        try:
            return say(key, language, **values)
        except KeyError as missing:
            place = missing.args[0]
            assert place not in values and place != key.partition(".")[2], f"{key} is not in the catalogue"
            values[place] = "x"


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.specimen])
def test_it_has_its_words_in_every_language(name: str) -> None:
    kind: NoticeKind = KINDS[name]
    for language in LANGUAGES:
        subject = said(f"notices.{name}_subject", language)
        body = said(f"notices.{name}_body", language)
        assert subject.strip() and "\n" not in subject.strip()
        assert body.strip()
        if kind.link is not None:
            assert said(f"notices.{name}_link", language).strip()


def test_every_purpose_of_a_link_has_a_page() -> None:
    assert set(PATHS) == set(Purpose)
    assert len(set(PATHS.values())) == len(PATHS)
