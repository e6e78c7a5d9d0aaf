"""One request and its answer, for a caller who has to know whether the request may have arrived."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Timer
from typing import Any

from worker.errors import HlasatelError
from worker.outbound.call import PATIENCE, Call
from worker.outbound.guard import Guard
from worker.outbound.trouble import Trouble

MOST_BYTES = 4_000_000
"""Of an answer's body."""
_PIECE = 65_536


class NotSent(HlasatelError):
    """No connection was made, so nothing of the request can have arrived."""


class Broken(HlasatelError):
    """The request may have arrived, but no whole answer came."""


class TooLong(Broken):
    """An answer came whose body is longer than was wanted; the rest of it was not read."""


@dataclass(frozen=True)
class Reply:
    """An answer; `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def exchange(
    method: str, url: str, guard: Guard, seconds: float, *, most: int = MOST_BYTES, unread: bool = False, **sent: Any
) -> Reply:
    """The answer, whatever its status; redirects are not followed. `sent` goes to `requests` (`headers`, `data`, …).

    With `unread` its status and headers are all that is wanted, and its body is left where it is. Raises NotSent and
    Broken, at the latest `seconds` after the call.
    """
    import requests  # only where something is sent: most ticks send nothing
    import urllib3

    from worker.outbound.line import session

    call = Call(time.monotonic() + seconds)
    hurry = Timer(seconds, call.break_off)
    hurry.daemon = True
    hurry.start()
    try:
        with session(guard, call) as asking:
            options: dict[str, Any] = {"timeout": min(4 * PATIENCE, seconds), "stream": True, "allow_redirects": False}
            with asking.request(method, url, **options, **sent) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status_code, headers, b"" if unread else _body(answer, call, most))
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        Trouble,
        OSError,
        ValueError,
        AttributeError,
    ) as error:
        if isinstance(error, AttributeError) and not call.broken_off:
            raise  # else what urllib3 raises when its connection is broken off under it
        # From None: a library's own words repeat the address, and a token may stand in it.
        raise (Broken if call.sending else NotSent)(_why(error)) from None
    finally:
        hurry.cancel()
        call.close()


def _body(answer: Any, call: Call, most: int) -> bytes:
    body = bytearray()
    for piece in answer.iter_content(_PIECE):
        call.left()
        body += piece
        if len(body) > most:
            raise TooLong(f"more than {most} bytes")
    call.left()
    return bytes(body)


def _why(error: BaseException) -> str:
    """The innermost reason, in the few words that libraries have for it."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, Trouble):
            return str(seen)
        error, seen = seen, seen.__cause__ or seen.__context__
    return type(error).__name__
