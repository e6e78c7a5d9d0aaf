"""The trial before the start: a message builder that lets a known header forgery through sends nothing."""

from __future__ import annotations

import pytest

from worker.delivery import trial
from worker.delivery.trial import FORGERIES, Written, forged, let_through
from worker.errors import HlasatelError


@pytest.mark.parametrize("build", trial.OURS)
def test_ours_refuses_every_case_and_builds_what_is_harmless(build: trial.Builder) -> None:
    assert let_through(build) == []
    assert b"\r\nTo: " in b"\r\n" + build(Written())


def naive(written: Written) -> bytes:
    """A builder that looks at nothing."""
    text = f"To: {written.name} <{written.mailbox}>\r\nSubject: {written.subject}\r\n\r\n"
    return text.encode("utf-8", "replace")


def test_one_that_looks_at_nothing_is_found_out() -> None:
    assert len(let_through(naive)) == 3 * len(FORGERIES)
    caught = forged(naive)
    assert Written(subject="a\r\nBcc: obet@example.org") in caught
    assert Written(name="a\rBcc: obet@example.org") in caught
    assert Written(mailbox="a\nBcc: obet@example.org@noviny.example.org") in caught
    assert Written(subject="a\tb") not in caught, "a tab makes no header"
    with pytest.raises(HlasatelError, match=rf"celkem {3 * len(FORGERIES)}"):
        trial.refuse_to_run([naive])


def test_what_the_python_at_hand_lets_through_is_known_case_by_case() -> None:
    assert set(forged(trial.by_python)) <= {written for written, _ in let_through(trial.by_python)}
    assert Written(subject="a\r\nBcc: obet@example.org") not in forged(trial.by_python)
