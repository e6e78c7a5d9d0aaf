"""The newsletter that every contestant sends: 20 KB as it leaves, in Czech, with parts that are a recipient's own.

Ours gets it as an approved draft, the others get subject, HTML and text with the same slots. smtp-source can
personalise nothing but the envelope, so it gets one finished copy of the same size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from worker.drafting.slots import SLOT_GREETING, SLOT_UNSUBSCRIBE

SIZE = 20 * 1024
"""Bytes of one message on the wire, headers and quoted-printable included, within two in a hundred."""
SENDER = "newsletter@kraj.example.org"
SUBJECT = "Sociální začleňování v kraji: co se podařilo a co nás čeká"
_PARAGRAPH = (
    "Poradna v Liberci otevřela {number}. září a za první čtvrtletí pomohla šestačtyřiceti rodinám s dluhy, bydlením "
    "i jednáním na úřadech. Terénní pracovníci přitom zjistili, že nejčastěji chybí srozumitelná informace, kam jít "
    "nejdřív. Proto kraj s obcemi připravil jednoduchý rozcestník, který najdete na úřadech a v knihovnách."
)
_P, _A = 'style="margin: 0 0 14px 0; font-size: 16px; line-height: 1.55;"', 'style="color: #0b4f8a;"'


@dataclass(frozen=True)
class Newsletter:
    """What is the same for everybody, with the slots of `worker.drafting.slots`."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Reader:
    """One recipient as the peers are told of her; what ours derives or reads for each is spelled out here."""

    address: str
    greeting: str
    unsubscribe: str
    message_id: str


def newsletter() -> Newsletter:
    """The longest that does not pass SIZE."""
    return _of(next(count for count in range(1, 100) if len(one_copy(_of(count + 1))) > SIZE * 1.01))


def readers(count: int) -> Iterator[Reader]:
    """`count` recipients, the same every time."""
    for number in range(1, count + 1):
        token = f"{number:022}"
        yield Reader(
            address(number), greeting(number), f"https://kraj.example.org/o/{token}", f"<{token}@kraj.example.org>"
        )


def address(number: int) -> str:
    return f"ctenar-{number:07}@posta.example.org"


def greeting(number: int) -> str:
    """Nearly everybody is greeted by name, as with an imported list that has the column."""
    return "" if number % 10 == 0 else f"Vážená paní Nováková {number}"


def one_copy(letter: Newsletter) -> bytes:
    """The message for one recipient as the standard library writes it, CRLF at line ends."""
    reader = next(readers(1))
    message = EmailMessage(policy=SMTP.clone(max_line_length=76))
    message["From"] = f"Liberecký kraj <{SENDER}>"
    message["To"] = reader.address
    message["Subject"] = letter.subject
    message["Message-ID"] = reader.message_id
    message["Date"] = "Tue, 08 Dec 2026 10:00:00 +0100"
    message["List-Unsubscribe"] = f"<{reader.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_filled(letter.text, reader), cte="quoted-printable")
    message.add_alternative(_filled(letter.html, reader), subtype="html", cte="quoted-printable")
    return message.as_bytes()


def _of(paragraphs: int) -> Newsletter:
    told = [_PARAGRAPH.format(number=number) for number in range(1, paragraphs + 1)]
    html = "".join(f"<p {_P}>{each}</p>\n" for each in [SLOT_GREETING, *told])
    leave = f'<p {_P}>Nechcete ho dostávat? <a {_A} href="{SLOT_UNSUBSCRIBE}">Odhlásit se</a></p>'
    text = "\n\n".join([SLOT_GREETING, *told, f"Odhlásit se: {SLOT_UNSUBSCRIBE}\n"])
    return Newsletter(SUBJECT, f'<!DOCTYPE html>\n<html lang="cs"><body>\n{html}{leave}\n</body></html>\n', text)


def _filled(text: str, reader: Reader) -> str:
    line = f"{reader.greeting}," if reader.greeting else "Dobrý den,"
    return text.replace(SLOT_GREETING, line).replace(SLOT_UNSUBSCRIBE, reader.unsubscribe)
