"""No log line can hold a link's token, whoever writes it."""

from __future__ import annotations

import logging
import secrets
import sys

from worker.cli.logs import Lines


def formatted(message: str, *arguments: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, message, arguments, info)
    return Lines(form="%(name)s: %(message)s").format(record)


def test_a_token_is_left_out_of_message_arguments_and_traceback() -> None:
    for _ in range(50):
        token = secrets.token_urlsafe(32)
        assert formatted(f"GET /schvaleni/{token} 500") == "uvicorn.error: GET /schvaleni/… 500"
        assert token not in formatted("%s failed", f"https://urad.cz/uprava/{token}?x=1")
        try:
            raise ValueError(f"/schvaleni/zpet/{token}")
        except ValueError:
            shown = formatted("a page failed", error=sys.exc_info()[1])
        assert "Traceback" in shown and token not in shown


def test_an_unsubscribe_token_is_left_out_too_and_other_words_stay() -> None:
    token = secrets.token_urlsafe(16)
    assert formatted("POST /o/%s", token) == "uvicorn.error: POST /o/…"
    hashed = "f" * 64
    assert formatted("the plan %s of tiskova-zprava/2026-12", hashed).endswith(f"{hashed} of tiskova-zprava/2026-12")
