"""Header values made up at random: each arrives as it was meant, in its own header, or is refused.

`make test` tries 4,000 of them, `make test-faults` 100,000 (FUZZED_HEADERS). The bytes are read by a reader of the
tests' own, which knows RFC 5322 and 2047 and nothing of how they were written.
"""

from __future__ import annotations

import base64
import os
import quopri
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.fixtures.seeds import SEED
from worker import mime
from worker.drafting.letter import TO, Form, Header
from worker.errors import HlasatelError
from worker.settings import wire_address

VALUES = int(os.environ.get("FUZZED_HEADERS", "4000"))
DATE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
MAILBOX = "tisk@kraj.example.org"
NAMES = ["From", "To", "Subject", "Hlasatel-Occurrence", "Date", "MIME-Version", "Content-Type"]
NAMES += ["Content-Transfer-Encoding"]

HARMLESS = [
    "Zpráva", "příliš žluťoučký kůň", "Novák, Jan", 'Jan "Honza" Novák', "\\", '"', "'", ",", ";", ":", "<", ">", "@",
    "(tisk)", "[1]", "Bcc: obet@example.org", " ", "  ", "\u00a0", "👍", "👩‍👩‍👧‍👦", "e\u0301", "„o všem“", "–",
    "x" * 90, "slovo " * 30, "ř" * 60, "?", "=", "=?", "?=", "=?utf-8?q?a?=", "=?utf-8?b?YQ==?=",
    "=?iso-8859-2?q?=E8?=", ".", "\u202e", "\u200b", "مرحبا", "日本語", "tiskova-zprava/2026-12", "a.b+c",
    "noviny.cz", "%0d%0a", "\\r\\n", "-- ",
]  # fmt: skip
HARMFUL = [
    "\r\n", "\n", "\r", "\r\n ", "\r\n\r\n", "\n\n", "\x00", "\t", "\x0b", "\x0c", "\x1c", "\x7f", "\x85", "\u2028",
    "\u2029", "\udc80", "=?utf-8?q?a=0D=0ABcc=3A_x=40y.cz?=", "=?utf-8?q?a=0A?=", "=?utf-8?b?YQ0KQmNjOiB4QHkuY3o=?=",
    "=?us-ascii?q?=0D=0A?=", "=?utf-8?q?", "=0D=0A", "=?klingon?q?a?=", "=?utf-8?b?A?=", "=?utf-8?q?=ff?=",
]  # fmt: skip
ADDRESSES = [
    "jana",
    "jiří",
    "noviny.cz",
    "háčky.cz",
    "@",
    ".",
    "example.org",
    "a" * 70,
    "b.cz." * 60,
    '"a b"',
    "<",
    ">",
]


def text(chance: random.Random) -> str:
    """A value of some fragments; every second one holds something that no header may."""
    bad = chance.random() < 0.5
    fragments = chance.choices(HARMLESS, k=chance.randint(1, 6))
    for _ in range(chance.randint(1, 3) if bad else 0):
        fragments.insert(chance.randrange(len(fragments) + 1), chance.choice(HARMFUL))
    if chance.random() < 0.1:
        fragments.append(chr(chance.choice([chance.randrange(0x250), chance.randrange(0x110000)])))
    return "".join(fragments)


def address(chance: random.Random) -> str:
    """Something like an address, now and then with what no address holds."""
    local, domain = chance.choice(["jana", "j.n", "jiří", "a+b"]), chance.choice(["noviny.cz", "háčky.cz", "a.b.cz"])
    value = f"{local}@{domain}"
    for _ in range(chance.choice([0, 1, 1, 2])):
        place = chance.randrange(len(value) + 1)
        value = value[:place] + chance.choice([*ADDRESSES, *HARMLESS, *HARMFUL]) + value[place:]
    return value


def one(sender: str = MAILBOX, subject: str = "Zpráva", occurrence: str = "newsletter/2026") -> bytes:
    headers = [("From", sender), ("To", MAILBOX), ("Subject", subject), ("Hlasatel-Occurrence", occurrence)]
    return mime.compose(headers, "Dobrý den", None, date=DATE)


def many(recipient: str) -> bytes:
    plain = [("From", [MAILBOX]), ("Subject", ["Zpráva"]), ("Hlasatel-Occurrence", ["newsletter/2026"])]
    headers: list[Header] = [plain[0], ("To", [TO]), *plain[1:]]
    return b"".join(Form(headers, "Dobrý den", "", "", DATE).filled(wire_address(recipient), "", "", ""))


def fields(data: bytes) -> dict[str, str]:
    """Name and unfolded value of every header (RFC 5322 §2.2); the test fails for one that comes twice."""
    head = data.partition(b"\r\n\r\n")[0].decode()
    assert not re.search(r"\r(?!\n)|(?<!\r)\n", head)
    found = [line.partition(": ") for line in re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")]
    assert [name for name, _, _ in found] == NAMES
    return {name: value for name, _, value in found}


def unstructured(value: str) -> str:
    """The text of a header by RFC 2047: blanks between two encoded words are not part of it."""
    joined = re.sub(r"(\?=)[ \t]+(?==\?)", r"\1", value)
    return b"".join(
        _word(piece) if piece.startswith("=?utf-8?") else piece.encode()
        for piece in re.split(r"(=\?utf-8\?[bq]\?[^?]*\?=)", joined)
    ).decode()


def _word(word: str) -> bytes:
    _, _, encoding, content, _ = word.split("?")
    return base64.b64decode(content) if encoding == "b" else quopri.decodestring(content.encode(), header=True)


def phrase(value: str) -> str:
    """The name before `<mailbox>` (RFC 5322 §3.4): encoded words, a quoted string, or plain words."""
    name, _, mailbox = value.rpartition(" ")
    assert mailbox == f"<{MAILBOX}>"
    if name.startswith('"'):
        assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', name)
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return unstructured(name)


def subject_arrives(chance: random.Random) -> bool:
    value = text(chance)
    assert unstructured(fields(one(subject=value))["Subject"]) == value
    return True


def name_arrives(chance: random.Random) -> bool:
    value = text(chance)
    assert phrase(fields(one(sender=mime.address(value, MAILBOX)))["From"]) == value
    return True


def structured_arrives(chance: random.Random) -> bool:
    value = text(chance)
    assert fields(one(occurrence=value))["Hlasatel-Occurrence"] == value
    return True


def address_arrives(chance: random.Random) -> bool:
    value = address(chance)
    arrived = fields(many(value))["To"]
    assert arrived == wire_address(value)
    assert re.fullmatch(r"[^\s<>@,;:\"()\[\]\\\x00-\x1f\x7f]+@[a-z0-9A-Z.-]+", arrived)
    assert len(arrived) <= 254 and "=?" not in arrived
    return True


ARRIVES: list[Callable[[random.Random], bool]] = [subject_arrives, name_arrives, structured_arrives, address_arrives]


@pytest.mark.parametrize("arrives", ARRIVES)
def test_whatever_is_written_arrives_as_meant_or_is_refused(arrives: Callable[[random.Random], bool]) -> None:
    met: Counter[bool] = Counter()
    for number in range(VALUES // len(ARRIVES)):
        seed = f"{SEED}/{arrives.__name__}/{number}"
        try:
            met[arrives(random.Random(seed))] += 1
        except HlasatelError:
            met[False] += 1
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
    assert min(met[True], met[False]) > VALUES // len(ARRIVES) // 20, f"a test of nothing: {dict(met)}"
