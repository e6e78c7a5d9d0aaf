"""Access tokens for XOAUTH2: from a file that somebody keeps fresh, or by the client credentials grant."""

from __future__ import annotations

import json
from threading import Lock
from time import monotonic

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings.relay import OAuthSettings, TokenSource

SECONDS = 30.0
EARLY = 60.0
"""Seconds before its end from which a token is not used any more."""
LIFETIME = 300.0
"""Seconds a token is taken to last when the endpoint does not say (RFC 6749 §5.1)."""
MOST = 65536


class Tokens:
    """Gives a token that is valid now; asks the endpoint only when the last one is about to end. For any thread."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self._lock = Lock()
        self._token = ""
        self._until = 0.0

    def __call__(self) -> str:
        """The token. Raises HlasatelError, which tells no secret, when there is none to be had."""
        if self._source.file is not None:
            return self._from_file()
        with self._lock:
            if monotonic() >= self._until:
                assert self._source.endpoint is not None
                self._token, seconds = _asked(self._source.endpoint, self._source.secret or "")
                self._until = monotonic() + seconds - EARLY
            return self._token

    def forget(self) -> None:
        """The relay would not have the last one."""
        with self._lock:
            self._until = 0.0

    def _from_file(self) -> str:
        assert self._source.file is not None
        try:
            return _checked(self._source.file.read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise _none(type(error).__name__) from None


def _asked(endpoint: OAuthSettings, secret: str) -> tuple[str, float]:
    """A token and the seconds it lasts (RFC 6749 §4.4)."""
    import requests  # 19 MB and 0.2 s that no other relay needs
    from urllib3.exceptions import HTTPError

    form = {
        "grant_type": "client_credentials",
        "client_id": endpoint.client_id,
        "client_secret": secret,
        "scope": endpoint.scope,
    }
    try:
        with requests.post(
            endpoint.token_url, data=form, timeout=SECONDS, allow_redirects=False, stream=True
        ) as response:
            if response.status_code != 200:
                raise _none(f"{endpoint.token_url}: {response.status_code}")
            said = json.loads(response.raw.read(MOST, decode_content=True))
    except (requests.RequestException, HTTPError, OSError, ValueError, RecursionError) as error:
        raise _none(f"{endpoint.token_url}: {type(error).__name__}") from None
    if not isinstance(said, dict):
        raise _none(endpoint.token_url)
    lasts = said.get("expires_in", LIFETIME)
    return _checked(str(said.get("access_token", ""))), float(lasts) if isinstance(lasts, int | float) else LIFETIME


def _checked(token: str) -> str:
    """Refuses what would be more than one token in the command, or nothing."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise _none("")
    return token


def _none(why: str) -> HlasatelError:
    return HlasatelError(say("smtp.no_token", why=why))
