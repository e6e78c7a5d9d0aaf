"""Finds passwords and keys that were written into a file, and hides them before anything else looks at the text.

A plan is kept with every version and mailed about, so a secret in it would spread. Nothing here, and nothing that
reads the hidden text afterwards, can repeat one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from worker.errors import Fault
from worker.messages import say
from worker.positions.faults import MOST_FAULTS
from worker.positions.text import Places

_HIDDEN = "•"  # no meaning in YAML and TOML, so what is hidden reads as a word

# Up to the last @, for passwords are not always written as an address wants them; a port before a path is none.
_ADDRESS = re.compile(r"(?<![\w+.-])[A-Za-z][\w+.-]*+://[^\s/@:]*+:(?![0-9]{1,5}[/?#])(?P<secret>\S{1,128})@")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}?PRIVATE KEY(?: BLOCK)?-----(?P<secret>.*?)(?=-----END|\Z)", re.DOTALL
)
_NAMES = (
    "password", "passwd", "passphrase", "pwd", "client[_-]?secret", "secret[_-]?key", "secret", "token",
    "api[_-]?key", "access[_-]?key", "private[_-]?key",
)  # fmt: skip
_VALUE = r"""["']?(?P<secret>[^\s"'#,;{}\[\]]++)"""
_NAMED = re.compile(rf"""(?<![^\W_])(?:{"|".join(_NAMES)})["']?[ \t]*+[:=][ \t]*+{_VALUE}""", re.IGNORECASE)
# "heslo" is a slogan as well as a password: behind a colon it counts only if it looks like no word.
_HESLO = re.compile(
    rf"""(?<![^\W_])heslo["']?[ \t]*+(?:=[ \t]*+|:[ \t]*+(?=["']?[^\W\d_]*+[^\s\w"'.!?,]|["']?[^\W\d_]*+\d)){_VALUE}""",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"(?<![\w-])(?P<secret>sk-[\w-]{16,}+|sk_(?:live|test)_\w{10,}+|gh[opsru]_\w{20,}+|github_pat_\w{20,}+"
    r"|glpat-[\w-]{16,}+|AKIA[0-9A-Z]{12,}+|AIza[\w-]{30,}+|xox[abprs]-[\w-]{10,}+|EAA[A-Za-z0-9]{30,}+"
    r"|eyJ[\w-]{8,}+\.[\w-]{8,}+\.[\w-]*+)"
)
_BEARER = re.compile(r"(?<!\w)(?:Bearer|Basic)[ \t]++(?P<secret>[\w.~+/=-]{16,}+)", re.IGNORECASE)
_WEB = re.compile(r"(?<![\w+.-])https?://\S++", re.IGNORECASE)
_LONG = re.compile(r"(?<![\w+/=-])(?P<secret>[A-Za-z0-9+/=_-]{32,}+)")
_MANY_TURNS, _MANY_DIGITS = 12, 3
"""A random key of 32 characters changes about twenty times between capitals, small letters and digits, eight times
between letters and digits; words written together and a year change less."""


@dataclass(frozen=True)
class _Found:
    start: int
    """Where the fault is put: where the name of the secret, or what holds it, begins."""
    hidden: tuple[int, int]
    message: str


def hide_secrets(text: str, file: str) -> tuple[str, list[Fault]]:
    """`text` with every secret hidden, character for character, so that all places stay; a fault for each.

    `file` is the name the faults carry. Of far more than anybody could use only some are hidden; whoever is given more
    than `MOST_FAULTS` reads no further.
    """
    pieces: list[str] = []
    faults: list[Fault] = []
    places = Places(text, file)
    end = 0
    for found in sorted(_all_in(text), key=lambda each: (each.hidden[0], -each.hidden[1])):
        start = found.hidden[0]
        if start >= end:
            faults.append(places.fault(found.start, say(found.message)))
            pieces += [text[end:start], re.sub(r"\S", _HIDDEN, text[start : found.hidden[1]])]
            end = found.hidden[1]
    return "".join([*pieces, text[end:]]), faults


def _all_in(text: str) -> Iterator[_Found]:
    for pattern, message in (
        (_ADDRESS, "files.secret_in_address"),
        (_PRIVATE_KEY, "files.secret_private_key"),
        (_NAMED, "files.secret_password"),
        (_HESLO, "files.secret_password"),
        (_KNOWN, "files.secret_key"),
        (_BEARER, "files.secret_key"),
    ):
        for match in islice(pattern.finditer(text), MOST_FAULTS + 1):
            yield _Found(match.start(), match.span("secret"), message)
    # What stands in a link is for those who may read it, and looks like a key too often.
    without_links = _WEB.sub(lambda link: " " * len(link[0]), text)
    for match in _LONG.finditer(without_links):
        if _is_random(match["secret"]):
            yield _Found(match.start(), match.span("secret"), "files.secret_key")


def _is_random(word: str) -> bool:
    """Whether `word` changes between capitals, small letters and digits as no name or number does."""
    shape = [("A" if char.isupper() else "a") if char.isalpha() else "0" for char in word if char.isalnum()]
    turns = [pair for pair in pairwise(shape) if pair[0] != pair[1]]
    return len(turns) >= _MANY_TURNS and sum("0" in pair for pair in turns) >= _MANY_DIGITS
