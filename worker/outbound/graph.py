"""The Graph API of Facebook as pages use it: one call and its answer, with what its errors say
(developers.facebook.com, "Handle Errors" and "Rate Limits" of the Graph API).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from worker.errors import HlasatelError
from worker.outbound.exchange import Reply, exchange
from worker.outbound.guard import Guard

SECONDS = 25.0
"""For one call, answer included."""
_USAGE = ("x-business-use-case-usage", "x-app-usage", "x-page-usage")


class GraphError(HlasatelError):
    """An error that the API itself answered: nothing was done. `wait` is what its usage headers ask for."""

    def __init__(self, code: int, subcode: int, status: int, wait: timedelta | None) -> None:
        super().__init__(f"Graph API error {code}/{subcode}, HTTP {status}; see its documentation.")
        self.code, self.subcode, self.status, self.wait = code, subcode, status, wait


class NoAnswer(HlasatelError):
    """Something came back that is no answer of the API (an HTML page, half a JSON): what was done is not known."""


class TooMany(HlasatelError):
    """There are more pages of an answer than were wanted."""


@dataclass(frozen=True)
class Graph:
    """The API at `address` in one `version`. The token goes in a header, so that it is in no log of addresses."""

    address: str
    version: str
    token: str = field(repr=False)

    def get(self, path: str, **parameters: str) -> dict[str, Any]:
        """GraphError, NoAnswer, NotSent or Broken when there is no answer."""
        return self._call("GET", path, params=parameters)

    def items(self, path: str, pages: int, **parameters: str) -> Iterator[dict[str, Any]]:
        """What stands in a list of `path`, page after page; TooMany when `pages` of them do not hold all. As above."""
        for _ in range(pages):
            found = self.get(path, **parameters)
            if not isinstance(data := found.get("data"), list):
                raise NoAnswer("data")
            yield from (each for each in data if isinstance(each, dict))
            parameters["after"] = _after(found.get("paging"))
            if not parameters["after"]:
                return
        raise TooMany(path)

    def post(self, path: str, **parameters: str) -> dict[str, Any]:
        """As above."""
        return self._call("POST", path, data=parameters)

    def upload(self, path: str, name: str, media_type: str, content: bytes, **parameters: str) -> dict[str, Any]:
        """A file as `source` (multipart). As above."""
        return self._call("POST", path, data=parameters, files={"source": (name, content, media_type)})

    def _call(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        url = f"{self.address.rstrip('/')}/{self.version}/{path}"
        return _read(exchange(method, url, guard_of(self.address), SECONDS, headers=headers, **sent))


def guard_of(address: str) -> Guard:
    """Public addresses; on loopback, where the API itself was configured to be on loopback, as for a trial."""
    return Guard.letting(("127.0.0.0/8", "::1/128") if urlsplit(address).hostname in ("127.0.0.1", "::1") else ())


def _read(reply: Reply) -> dict[str, Any]:
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):  # the latter for brackets in brackets, thousands deep
        raise NoAnswer(f"HTTP {reply.status}, no JSON") from None
    error = said.get("error") if isinstance(said, dict) else None
    if isinstance(error, dict):
        raise GraphError(_number(error.get("code")), _number(error.get("error_subcode")), reply.status, _wait(reply))
    if not isinstance(said, dict) or reply.status != 200:
        raise NoAnswer(f"HTTP {reply.status}, JSON of another sort")
    return said


def _after(paging: object) -> str:
    """The cursor at which the next page of an answer begins; empty when this was the last."""
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    return str(cursors.get("after", "")) if isinstance(cursors, dict) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _wait(reply: Reply) -> timedelta | None:
    """The longest `estimated_time_to_regain_access` of the usage headers, which is in minutes; None without one."""
    minutes = [0]
    for name in _USAGE:
        try:
            minutes += _estimates(json.loads(reply.headers.get(name, "{}")))
        except (ValueError, RecursionError):
            continue
    longest = max(minutes)
    return timedelta(minutes=min(longest, 24 * 60)) if longest > 0 else None


def _estimates(usage: object) -> list[int]:
    """Every estimate in a usage header, however deep it stands; RecursionError where that is too deep."""
    if isinstance(usage, list):
        return [minutes for each in usage[:100] for minutes in _estimates(each)]
    if not isinstance(usage, dict):
        return []
    own = _number(usage.get("estimated_time_to_regain_access"))
    return [own, *(minutes for each in list(usage.values())[:100] for minutes in _estimates(each))]
