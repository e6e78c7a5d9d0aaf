"""What no line may hold, whoever writes it: links' tokens, this installation's own secrets, anybody's address.

Our own lines hold none of them. A library's may, and the message of an exception, which quotes what it was given.
"""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, urlsplit

from worker.settings.environment import file_of
from worker.settings.secret import FILE, SUPPRESSION_FILE

SECRETS = (
    "HLASATEL_SECRET_KEY", "HLASATEL_SUPPRESSION_KEY", "HLASATEL_SMTP_OAUTH_SECRET", "HLASATEL_SMTP_TOKEN",
    "HLASATEL_FACEBOOK_TOKEN", "HLASATEL_FACEBOOK_APP_TOKEN", "HLASATEL_WEBHOOK_SECRET", "HLASATEL_DKIM_KEY",
)  # fmt: skip
"""Settings that are a secret as a whole, or several of them with spaces or commas between. `channels.yaml` may name
others, so whatever is called like a secret counts as one (`_CALLED_SO`)."""
URLS = ("HLASATEL_DATABASE_URL", "HLASATEL_SMTP_URL", "HLASATEL_SMTP_FALLBACK_URL", "HLASATEL_IMAP_URL")
"""Settings with a password inside."""
AGAIN = 30.0
"""Seconds after which the secrets are read again: whoever renews a file restarts nothing."""
SHORTEST = 6
"""Characters of what is looked for; a shorter password stands in ordinary words."""
LEFT_OUT = "…"

# 43 characters are 256 bits in base64url, the token of every link; 22 behind /o/ are the 128 bits of an unsubscribe
# link, and behind a plus sign they and four more are those of a bounce.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])|(?<=/o/)[\w-]{22}(?![\w-])", re.ASCII)
_CALLED_SO = re.compile(r"([A-Z0-9_]+_(?:TOKEN|SECRET|PASSWORD))(?:_FILE)?")
_PASSWORD = re.compile(r"(?<=://)([^\s/@:]*):[^\s/@]+@")
_BEARER = re.compile(r"((?:Bearer|Basic|access_token=|client_secret=)[ ]?)[\w.~+/=|%-]{6,}", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\]{}:;,\"'`=|/\\@]+@(?:[\w-]+\.)+[^\W\d_][\w-]+")


class Discreet:
    """Takes out of a text what must not be read in it. `environ` is where this process's secrets come from."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._read_at = float("-inf")
        self._known: re.Pattern[str] | None = None

    def __call__(self, text: str) -> str:
        if time.monotonic() - self._read_at > AGAIN:
            self._read_at, self._known = time.monotonic(), _any_of(secrets_of(self._environ))
        if self._known is not None:
            text = self._known.sub(LEFT_OUT, text)
        text = _BEARER.sub(rf"\1{LEFT_OUT}", _PASSWORD.sub(rf"\1:{LEFT_OUT}@", _TOKEN.sub(LEFT_OUT, text)))
        return _ADDRESS.sub(f"{LEFT_OUT}@{LEFT_OUT}", text)


def secrets_of(environ: Mapping[str, str]) -> frozenset[str]:
    """Every secret that `environ` gives or names a file of, and the keys that were made in the data folder."""
    called_so = {like[1] for name in environ if (like := _CALLED_SO.fullmatch(name))}
    found = {word for name in called_so.union(SECRETS) for word in re.split(r"[\s,]+", _given(environ, name))}
    for url in (_given(environ, name) for name in URLS):
        found |= set(_passwords(url))
    data = Path(environ.get("HLASATEL_DATA") or "data")
    found |= {_content(data / name) for name in (FILE, SUPPRESSION_FILE)}
    return frozenset(each for each in found if len(each) >= SHORTEST and not each.startswith("-----"))


def _given(environ: Mapping[str, str], name: str) -> str:
    file = file_of(environ, name)
    return environ.get(name, "") or (_content(file) if file is not None else "")


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError):
        return ""


def _passwords(url: str) -> Iterator[str]:
    """The password as it is written and as it is meant, and what logging in with it sends (RFC 4616, RFC 4954)."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return
    if not parts.password:
        return
    user, meant = unquote(parts.username or ""), unquote(parts.password)
    yield from (parts.password, meant, quote(meant, safe=""), quote_plus(meant))
    if len(meant) >= SHORTEST:
        yield from (base64.b64encode(each.encode()).decode() for each in (f"\0{user}\0{meant}", meant))


def _any_of(secrets: frozenset[str]) -> re.Pattern[str] | None:
    """Whichever of them stands first, the longest where several do."""
    longest_first = sorted(secrets, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
