"""The body of a request: how large it may grow without having said so, and how long it may take to come.

Whoever is cut off is told why: what reads the body sees the visitor gone, and `refusal_of` says which it was.
"""

from __future__ import annotations

import asyncio
import time

from starlette.types import Message, Receive, Scope

SECONDS = 60.0
"""For a body to come, and one more for each `SLOWEST` bytes that it may have: a photo from a village takes minutes."""
SLOWEST = 64 * 1024

TOO_LARGE, TOO_SLOW = "too large", "too slow"
_STATE = "body_refused"


def capped(scope: Scope, receive: Receive, most: int, seconds: float = SECONDS) -> Receive:
    """`receive` for a body of at most `most` bytes that comes within its time; cut off, the visitor seems gone."""
    seen, whole, begun = 0, False, time.monotonic()

    async def read() -> Message:
        nonlocal seen, whole
        if whole:  # what waits now waits for the visitor to go, however long the answer takes
            return await receive()
        left = begun + seconds + most / SLOWEST - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), max(left, 0.0))
        except TimeoutError:
            return _cut_off(scope, TOO_SLOW)
        seen += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return _cut_off(scope, TOO_LARGE) if seen > most else message

    return read


def refusal_of(scope: Scope) -> str:
    """Why the body was cut off; empty when the visitor went by herself."""
    return str(scope.get("state", {}).get(_STATE, ""))


def _cut_off(scope: Scope, why: str) -> Message:
    scope["state"][_STATE] = why
    return {"type": "http.disconnect"}
