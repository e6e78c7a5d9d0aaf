"""What lets its bearer decide is not kept in what people write: links to our pages, their tokens, one-time codes.

An answer by mail quotes the mail it answers, in whatever way her program does; and a comment is shown to others.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from worker.messages import office_language, say, speaking
from worker.notices import codes
from worker.office import Office

_TOKEN = re.compile(r"(?:(?<![\w-])|(?<=%2F)|(?<=%252F))(?![_-]{43})[\w-]{43}(?![\w-])", re.ASCII | re.IGNORECASE)
"""256 bits in base64url (RFC 4648 §5), as every token in a mail is written; also inside a link that wraps ours."""
_NAMED_CODE = re.compile(r"(\b(?:k[oó]d\w{0,3}|code)\b[^\w\n]{1,10})[0-9]{3}\s?[0-9]{3}(?![0-9])", re.IGNORECASE)
"""Six digits that are called a code, whoever's and however old."""
_SIX_DIGITS = re.compile(r"(?<![0-9])[0-9]{3}\s?[0-9]{3}(?![0-9])")


def without_links(text: str, base_url: str) -> str:
    """`text` with every link to our own pages, every token and every number called a code replaced by what it was."""
    host = re.escape(base_url.rstrip("/").partition("://")[2])
    ours = re.compile(rf"(?:https?://)?{host}/[^\s<>\"„“]+", re.IGNORECASE)
    for pattern in (ours, _TOKEN):
        text = pattern.sub(say("withheld.link"), text)
    return _NAMED_CODE.sub(lambda found: found[1] + say("withheld.code"), text)


def fit_to_keep(tx: Connection, office: Office, text: str, now: datetime) -> str:
    """`text` as it may be stored: without those, and without any code that still opens a decision. Never longer."""
    with speaking(office_language()):
        shorter = without_links(text, office.settings.base_url)
        numbers = {_digits(each) for each in _SIX_DIGITS.findall(shorter)}
        live = codes.live_among(tx, office.settings.secret_keys, numbers, now) if numbers else frozenset()
        return _SIX_DIGITS.sub(lambda found: say("withheld.code") if _digits(found[0]) in live else found[0], shorter)


def _digits(number: str) -> str:
    return "".join(number.split())
