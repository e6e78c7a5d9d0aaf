"""What a person wrote in an answer: the text without what it quotes, safe to keep and to show."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from email.message import Message

from worker.inbox.markup import text_of

LONGEST = 5000
"""Characters that are kept of an answer."""
CUT = "[…]"
MOST_READ = 100_000
"""Characters of a text that are looked at: enough for a long answer below a long quotation."""
_LONGEST_ATTRIBUTION = 400

_CHARSETS = re.compile(
    r"(ascii|utf-8|utf-16(-[bl]e)?|iso8859-\d+|cp(125\d|437|85\d|866)|koi8-[rtu]|mac-(latin2|roman)|gb18030|gbk|gb2312"
    r"|big5|shift_jis|euc_(jp|kr)|iso2022_jp)"
)
"""The charsets that mails are written in. Python knows others that are no charsets, or take minutes to undo."""
_CHARSET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")

_SAID_BEFORE = re.compile(
    r"(-{2,}|_{2,}) ?(původní|puvodni|original|přeposlaná|forwarded|ursprüngliche)\b.*"
    r"|_{20,}",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"\*?(od|from|odesílatel|odesláno|sent|datum|date|komu|to|kopie|cc|předmět|subject|von|gesendet)\*?\s?:\*? ?\S.*",
    re.IGNORECASE,
)
"""A line of the heading that Outlook and webmails put above what they quote; two of them in a row are one."""
_FIRST_HEADING = re.compile(r"\*?(od|from|odesílatel|von)\*?\s?:", re.IGNORECASE)
_ATTRIBUTION = re.compile(r".*(\b(napsala?|napsal\(a\)|píše|wrote|writes|schrieb)\b.*|[@<].*):", re.IGNORECASE)
_DATED = re.compile(r"(dne|on|am|le|po|út|st|čt|pá|so|ne|mon|tue|wed|thu|fri|sat|sun)\b|\d{1,4}[.-]", re.IGNORECASE)
"""How such a line begins."""
_SENT_FROM = re.compile(
    r"(odesláno|posláno|odoslané|sent|get|získejte)\b.{0,20}\b(iphon|ipad|android|outlook|samsung|mobil|yahoo|gmail|"
    r"seznam|telefon|tablet|huawei|xiaomi).*",
    re.IGNORECASE,
)


def written(message: Message) -> str:
    """What its author wrote, at most `LONGEST` characters; empty when nothing but quotations or pictures is there."""
    return _shortened(_tidy(_own(readable(_text_part(message)).split("\n"))))


def has_attachments(message: Message) -> bool:
    """Whether something came along that a text cannot hold: a file, not a picture of the signature."""
    return any(part.get_content_disposition() == "attachment" for part in message.walk())


def _text_part(message: Message) -> str:
    """The first plain text, else the first HTML as text; of an attached mail nothing."""
    html = ""
    for part in _own_parts(message):
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
            continue
        text = _decoded(part)
        if kind == "text/html":
            html = html or text
        elif text.strip():
            return text
    return text_of(html)


def _own_parts(message: Message) -> Iterator[Message]:
    """The parts of the mail itself, without those of a mail that is attached to it."""
    waiting: list[Message] = [message]
    while waiting:
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and isinstance(payload := part.get_payload(), list):
            waiting[:0] = [each for each in payload if isinstance(each, Message)]
        else:
            yield part


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    data = data[: 4 * MOST_READ]
    for charset in (_charset(part), "utf-8"):
        if charset:
            try:
                return data.decode(charset)[:MOST_READ]
            except UnicodeError:  # named wrongly, or not at all
                continue
    return data.decode("cp1250", "replace")[:MOST_READ]  # what old Czech programs send without saying so


def _charset(part: Message) -> str:
    """The charset that a part names, if it is one of those that mails are written in; else empty."""
    named = part.get_param("charset")
    if not isinstance(named, str) or not _CHARSET_NAME.fullmatch(named):
        return ""
    try:
        known = codecs.lookup(named).name
    except LookupError:
        return ""
    return known if _CHARSETS.fullmatch(known) else ""


def readable(text: str) -> str:
    """Without what no text shows: control characters, half surrogates, and marks that turn the reading about."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u0085", "\n")
    lines = lines.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ").replace("\N{NO-BREAK SPACE}", " ")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in _UNSHOWN)


_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _own(lines: list[str]) -> list[str]:
    """The lines that are the author's: what stands between and after quoted lines is hers, a quoted mail is not."""
    own: list[str] = []
    for number, raw in enumerate(lines):
        line = raw.strip()
        if _begins_quotation(lines, number) or raw.rstrip() == "--":
            break
        if line.startswith(">"):
            _drop_attribution(own)
        elif not _SENT_FROM.fullmatch(line):
            own.append(raw.rstrip())
    return own


def _begins_quotation(lines: list[str], number: int) -> bool:
    """Whether a whole quoted mail begins here: a line that says so, or its heading."""
    line = lines[number].strip()
    if _SAID_BEFORE.fullmatch(line):
        return True
    following = [each.strip() for each in lines[number + 1 : number + 4]]
    return bool(_FIRST_HEADING.match(line)) and any(_HEADING.fullmatch(each) for each in following)


def _drop_attribution(own: list[str]) -> None:
    """Take away "Dne … napsal(a):" above a quotation; it may be broken into up to three lines."""
    while own and not own[-1].strip():
        own.pop()
    fitting = []
    for number in range(1, min(3, len(own)) + 1):
        if not own[-number].strip():
            break
        above = " ".join(each.strip() for each in own[-number:])
        if len(above) <= _LONGEST_ATTRIBUTION and _ATTRIBUTION.fullmatch(above):
            fitting.append(number)
    dated = [number for number in fitting if _DATED.match(own[-number].strip())]
    if fitting:
        del own[-(dated or fitting)[0] :]


def _tidy(lines: list[str]) -> str:
    """Without empty lines at the ends and more than one in a row."""
    text = "\n".join(lines).strip()
    return re.sub(r"\n{3,}", "\n\n", text)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - len(CUT) - 1].rstrip()} {CUT}"
