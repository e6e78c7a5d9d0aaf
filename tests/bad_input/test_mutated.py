"""Good input spoilt at random, byte by byte, at every way in: a result, or a sentence with what to do."""

from __future__ import annotations

import io
import random
import time

import pytest
from PIL import Image

from tests.bad_input.corpus import FUZZ, WORDS
from tests.bad_input.entries import ENTRIES, said
from tests.bad_input.files import SHEET, cell, workbook
from tests.fixtures.bounce_samples import provoked
from tests.fixtures.feed_server import atom
from tests.store.sample import CONFIG, ROOT
from tests.unit.inbox.letters import bounce, mail, parts

SECONDS = 5
"""Of processor time for one input, beside other tests."""
PIECES = [
    *(word.encode() for word in WORDS if len(word) < 6000),
    b"\0", b"\xff", b"\xed\xa0\x80", b"\r\n", b"\r", b"\n\n",
    b"<", b">", b"&", b"&#0;", b"&#x110000;", b"]]>", b"<!--",
    b"<![CDATA[", b"<!ENTITY", b'"', b"'", b"=", b";", b":", b",", b"--", b"=?utf-8?b?/w==?=", b"*0*=", b"\x1b",
    b"\xfe\xff", b"[", b"{", b"&a ", b"*a", b"!!x ", b"<<: ", b"\t", b"- ", b"? ", b"| ", b"%", b"{{", b"{%",
    b"#}", b"\x85",
]  # fmt: skip


def _photo() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(made, "JPEG", exif=Image.Exif().tobytes())
    return made.getvalue()


TABLE = "E-mail;Jméno;Oslovení\r\nriha@obec.example.org;Žofie Říhová;Vážená paní\r\n"
ARTICLES = "adresa;nazev;datum;vydavatel\r\nhttps://a.example.org/b;Zpráva;8. 12. 2026;kraj\r\n"
EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Den\r\nURL:https://a.example.org\r\n"
    "DTSTART;TZID=Europe/Prague:20261208T100000\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
RSS = (
    "<rss version='2.0'><channel><title>O</title><item><title>A &amp; b</title><link>https://a.example.org</link>"
    "<pubDate>Tue, 08 Dec 2026 10:00:00 +0100</pubDate><description>&lt;p&gt;x&lt;/p&gt;</description></item>"
    "</channel></rss>"
)
LOG = (
    "Dec  8 10:00:01 mail postfix/cleanup[1]: 4ABC: message-id=<a@b.example.org>\n"
    "Dec  8 10:00:01 mail postfix/smtp[1]: 4ABC: to=<a@b.example.org>, relay=x, dsn=2.0.0, status=sent (250 ok)\n"
)


MANIFEST = (
    '{"format": 1, "taken_at": "2026-12-08T10:00:00Z", "program": "0.1", "schema": "0008", "source": "sqlite",'
    ' "copy_id": "x", "events": 3, "head": "0f", "secret_keys": ["a"], "suppression_key": null, "keys_kept": [],'
    ' "settings": [], "files": {"hlasatel.db": {"bytes": 1, "sha256": "0f"}}}'
)


def _seeds() -> dict[str, list[bytes]]:
    letters = [mail(), bounce(), parts(("text/plain; charset=cp1250", "Ahoj"), ("text/html", "<p>Ahoj</p>"))]
    book = workbook(SHEET.format(f'<row r="1">{cell("address")}</row>'))
    files = {name: [(CONFIG / name).read_bytes()] for name in ENTRIES if (CONFIG / name).is_file()}
    return files | {
        "plan": [(ROOT / "schedules.yaml").read_bytes()],
        "recipients": [TABLE.encode(), TABLE.encode("cp1250"), book],
        "table of articles": [ARTICLES.encode()],
        "feed": [RSS.encode(), atom("<id>1</id><title>x</title><link href='https://a.example.org'/>")],
        "mail": letters,
        "bounce": [sample.data for sample in provoked()][:6],
        "calendar": [EVENT.encode()],
        "photo": [_photo()],
        "relay": [b"220 a ESMTP\r\n250-a\r\n250 PIPELINING\r\n354 go\r\n550 5.1.1 no\r\n"],
        "relay's log": [LOG.encode()],
        "text": ["## Poradna\n\n8. prosince, *zdarma*. [Víc](https://a.example.org)\n\n- jedna\n- dvě\n".encode()],
        "backup": [MANIFEST.encode()],
        "erasures.log": [
            b'{"at": "2026-12-08T10:00:00Z", "did": "left", "key": "k", "hash": "00ff", "lists": ["media"]}\n'
        ],
        "seal": [b"> hlasatel-seal:1234:" + b"0f" * 32],
        "address": [b"jana.novakova@noviny.example.org"],
        "subject": ["Tisková zpráva: Kraj otevřel poradnu".encode()],
        "template": [path.read_bytes() for path in sorted((ROOT / "templates" / "email").rglob("body.txt"))[:3]],
    }


SEEDS = _seeds()


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_spoilt_input_is_taken_or_refused_in_words(entry: str) -> None:
    chance = random.Random(f"{entry} 1")
    for _ in range(12 * FUZZ):
        data = _spoilt(chance, SEEDS[entry])
        begun = time.process_time()
        try:
            assert said(ENTRIES[entry], data)
        except Exception as error:
            error.add_note(f"{entry}: {data[:3000]!r}")
            raise
        assert time.process_time() - begun < SECONDS, data[:3000]


def _spoilt(chance: random.Random, seeds: list[bytes]) -> bytes:
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice([1, 1, 2, 4, 12])):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + chance.choice([1, 4, 40, 400])]
            case 2 | 3:
                data[at:at] = chance.choice(PIECES)
            case 4:
                data[at:at] = data[at : at + chance.choice([5, 60, 600])] * chance.choice([1, 2, 50])
            case 5:
                other = chance.choice(seeds)
                data[at:at] = other[chance.randrange(len(other) + 1) :][: chance.choice([10, 200])]
    return bytes(data)
