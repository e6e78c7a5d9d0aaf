"""What every purpose of a mail to a recipient must keep; a new one is picked up by itself."""

from __future__ import annotations

import pytest

from tests.contract.test_notices import said
from worker.messages import LANGUAGES
from worker.notices.to_recipients import WRITERS


@pytest.mark.parametrize("purpose", WRITERS)
def test_it_has_its_words_in_every_language(purpose: str) -> None:
    for language in LANGUAGES:
        subject = said(f"recipient_mails.{purpose}_subject", language)
        assert subject.strip() and "\n" not in subject.strip()
        body = said(f"recipient_mails.{purpose}_body", language).strip()
        assert body[0].islower() or language == "en"  # it goes on after the greeting and its comma
