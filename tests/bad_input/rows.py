"""The bad-input lists as one table: entry point, what comes, and what must be made of it.

Where a list has more to say than a line holds, its own tests stand where the part is tested: plans word by word in
`tests/unit/test_bad_input.py`, headers in `test_fuzzed_headers.py`, news and pictures in `tests/unit/feeds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.bad_input import files
from tests.bad_input.files import SHEET, cell, workbook

Data = bytes | Callable[[], bytes]


@dataclass(frozen=True)
class Row:
    """One line; `expected` is a pattern for the beginning of what `entries.said` gives."""

    entry: str
    name: str
    data: Data
    expected: str

    def bytes(self) -> bytes:
        return self.data if isinstance(self.data, bytes) else self.data()


def _rows(entry: str, *cases: tuple[str, Data, str]) -> Iterable[Row]:
    return (Row(entry, *each) for each in cases)


YAML = ("plan", "people.yaml", "lists.yaml", "channels.yaml", "feeds.yaml")
_PLACE = r"refused: \d+:\d+ "
_SPOILT_YAML: tuple[tuple[str, Data, str], ...] = (
    ("not UTF-8", "jméno: Růžena".encode("cp1250"), _PLACE + ".*Windows-1250.* zvolte UTF-8"),
    ("UTF-16", "a: b\n".encode("utf-16"), _PLACE + ".*UTF-16.* zvolte UTF-8"),
    ("zero characters", b"a: \x00\n", _PLACE + ".*řídicí znak U.0000"),
    ("nested brackets", b"[" * 5000, _PLACE + ".*vnořené příliš hluboko"),
    ("aliases of aliases", b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", _PLACE + "(Je tu kotva|Chybí údaj)"),
    ("a tag that runs", b"a: !!python/object/apply:os.system [id]\n", _PLACE + "(Je tu značka|Chybí údaj)"),
    ("over a megabyte", b"# " + b"a " * 600_000, _PLACE + "Soubor je větší než 1 MiB"),
    ("a list", b"- a\n", _PLACE + "Soubor (ne)?(má )?obsah"),
    ("a number of 5,000 digits", b"a: " + b"9" * 5000, _PLACE),
)

_NO_TABLE = "refused: (V prvních|V souboru|Písmena|Soubor|Sešit)"
NONSENSE: dict[str, str] = {
    "settings.toml": _PLACE,
    "measures.csv": _PLACE,
    "recipients": _NO_TABLE,
    "table of articles": _NO_TABLE,
    "feed": "refused: Na adrese není kanál RSS ani Atom",
    "mail": "taken: stray|taken: reply",
    "bounce": "taken: 0 failures",
    "calendar": "refused: (Tohle není soubor kalendáře|Soubor je větší)",
    "photo": "refused: Soubor nejde otevřít jako fotografie",
    "relay": "refused: NotSmtp|taken: 0 replies",
    "relay's log": "taken: 0 messages",
    "address": "refused: .*není e-mailová adresa",
    "backup": "refused: ",
    "erasures.log": "refused: |taken: 0 entries",
    "seal": "taken: 0 seals",
}
"""What each makes of bytes that are nothing."""
_NOTHING: tuple[tuple[str, Data], ...] = (
    ("empty", b""),
    ("zero bytes", bytes(1000)),
    ("every byte", bytes(range(256)) * 40),
    ("one long line", b"a" * 1_000_000),
    ("many lines", b"a\n" * 200_000),
    ("lone surrogates", b"\xed\xa0\x80" * 50),
    ("overlong UTF-8", b"\xc0\xae\xc0\xae/\xc0\xae"),
    ("a page", b"<!DOCTYPE html><html><title>404</title><script>x</script>"),
    ("brackets", b"<" * 100_000),
)
_ONE = SHEET.format('<row r="1">{}</row>')
_ETC = '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_FROM = b"From: a@example.org\r\n"
_REPORT = (
    b"From: <>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
)
_EVENT = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART:20261208T100000Z\r\n%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
_ATTRIBUTES = b" ".join(b'a%d="x"' % each for each in range(50_000))
_LARGE = "refused: Sešit .* je příliš velký"
_DAMAGED = "refused: Soubor .* je poškozený"
_INTRICATE = "refused: Kanál má tolik vnořených"
_PIXELS = "refused: Fotografie má víc než 120 milionů bodů"
_CONTROLS = "refused: Hlavička Subject obsahuje řídicí znaky"
_FORBIDDEN = "refused: SecurityError"
_TOO_MUCH = "refused: TooMuch"

ROWS: tuple[Row, ...] = (
    *(row for entry in YAML for row in _rows(entry, *_SPOILT_YAML)),
    *(Row(entry, name, data, expected) for entry, expected in NONSENSE.items() for name, data in _NOTHING),
    *_rows(
        "recipients",
        ("entities of entities", workbook(_ONE.format(cell("&l9;")), files.laughs()), _DAMAGED),
        ("a file of the machine", workbook(_ONE.format(cell("&x;")), _ETC), _DAMAGED),
        ("300 MB in 300 kB", files.bomb, _LARGE),
        ("10,000 parts", lambda: workbook(SHEET.format(""), more={f"x/{n}": b"" for n in range(10_000)}), _LARGE),
        (
            "a part above the folder",
            workbook(_ONE.format(cell("address")), more={"../../../x": b"a"}),
            "taken: 0 people",
        ),
        ("cut off", workbook(SHEET.format(""))[:-30], _DAMAGED),
        ("a cell at the far corner", workbook(_ONE.format(cell("a@example.org", "XFD1048576"))), _NO_TABLE),
        ("a formula for a name", b"address,name\na@example.org,=cmd|' /C calc'!A0\n", "taken: 1 people"),
        ("5,000 columns", b",".join([b"address"] * 5000), "refused: Sloupce"),
        ("a quote that never ends", b'address,name\n"a@example.org,' + b"x" * 3_000_000, _NO_TABLE),
    ),
    *_rows(
        "feed",
        (
            "entities of entities",
            files.laughs().encode() + b"<rss><channel/></rss>",
            "refused: Kanál obsahuje vlastní entity",
        ),
        ("a file of the machine", _ETC.encode() + b"<rss><channel/></rss>", "refused: Kanál obsahuje vlastní entity"),
        ("100,000 tags deep", b"<rss><channel>" + b"<a>" * 100_000, _INTRICATE),
        ("50,000 attributes", b"<rss " + _ATTRIBUTES + b"/>", _INTRICATE),
        ("the same in what is no XML", b"<rss><channel>a & b<x " + _ATTRIBUTES + b"></channel></rss>", _INTRICATE),
        (
            "2 MB of blanks in a title",
            b"<rss><channel><item><title>" + b" " * 2_000_000 + b"</title></item></channel></rss>",
            "taken: 0 news",
        ),
    ),
    *_rows(
        "mail",
        ("3,000 mails in each other", lambda: files.nested_mail(3000), "taken: stray"),
        ("3,000 parts in each other", lambda: files.nested_parts(3000), "taken: stray"),
        ("300,000 headers", lambda: b"X: y\r\n" * 300_000 + b"\r\n", "taken: reply"),
        ("a subject of a megabyte", lambda: b"Subject: " + b"=?utf-8?q?a?= " * 70_000 + b"\r\n\r\nx", "taken: reply"),
        (
            "half a character",
            _FROM + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800",
            "taken: reply",
        ),
        ("a charset that fails", _FROM + b"Content-Type: text/plain; charset=undefined\r\n\r\nx", "taken: reply"),
        ("base64 that is none", _FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 100_000, "taken: reply"),
        ("HTML 100,000 deep", _FROM + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000, "taken: reply"),
    ),
    *_rows(
        "bounce",
        ("3,000 mails in each other", lambda: files.nested_mail(3000), "taken: 0 failures"),
        ("3,000 parts in each other", lambda: files.nested_parts(3000), "taken: 0 failures"),
        (
            "30,000 recipients",
            lambda: _REPORT + b"Final-Recipient: rfc822;a@example.org\r\n\r\n" * 30_000,
            "taken: 0 failures",
        ),
    ),
    *_rows(
        "calendar",
        ("20,000 deep", b"BEGIN:VCALENDAR\r\n" * 20_000, "refused: Tohle není"),
        ("100,000 folds", b"BEGIN:VCALENDAR\r\nSUMMARY:a" + b"\r\n a" * 100_000, "refused: Tohle není"),
        ("every second for ever", _EVENT % b"RRULE:FREQ=SECONDLY", "taken: 1 dates"),
    ),
    *_rows(
        "photo",
        ("900 million points", files.png(30_000, 30_000), _PIXELS),
        ("4 thousand million wide", files.png(2**32 - 1, 1), _PIXELS),
        (
            "a drawing that runs",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "refused: Soubor nejde",
        ),
        ("80 million points of nothing", files.png(9_000, 9_000), "refused: Fotografie"),
    ),
    *_rows(
        "relay",
        ("a line that never ends", b"250-" + b"a" * 100_000, "refused: NotSmtp"),
        ("a reply that never ends", b"250-a\r\n" * 20_000, "refused: NotSmtp"),
        ("digits of other scripts", "٢٥٠ ok\r\n".encode(), "refused: NotSmtp"),
    ),
    *_rows(
        "text",
        ("200,000 empty lines", b"\n" * 200_000 + b"x", "taken: HTML$"),
        ("200,000 blanks", b" " * 200_000 + b"x", "taken: HTML$"),
        ("20,000 brackets", b"[" * 20_000, "taken: HTML$"),
        ("markup", b"<script>alert(1)</script><svg onload=x>", "taken: HTML$"),
    ),
    *_rows(
        "backup",
        ("brackets in brackets", b"[" * 100_000, "refused: "),
        ("a file above the folder", b'{"format": 1, "files": {"../x": {"bytes": 1, "sha256": ""}}}', "refused: "),
        ("a number of 5,000 digits", b'{"format": ' + b"9" * 5000 + b"}", "refused: "),
    ),
    *_rows(
        "erasures.log",
        ("brackets in brackets", b"[" * 100_000 + b"\n", "refused: "),
        ("lists that are none", b'{"lists": 1}\n', "refused: "),
    ),
    *_rows(
        "seal",
        ("a number of 5,000 digits", b"9" * 5000 + b" " + b"a" * 64, "taken: 0 seals"),
        ("blanks without end", b"hlasatel-seal:" + b" " * 500_000, "taken: 0 seals"),
    ),
    *_rows("relay's log", ("200 MB in 200 kB", lambda: files.packed(bytes(200_000_000)), "taken: 0 messages")),
    *(
        Row("address", name, data, "refused: .*není e-mailová adresa")
        for name, data in {
            "an encoded word": b"=?utf-8?q?a=0d=0a?=@example.org",
            "a header": b"a@example.org\r\nBcc: x@example.org",
            "two @": b"a@b@example.org",
            "400 characters": b"a" * 400 + b"@example.org",
            "half a character": b"\xff@example.org",
            "letters before the @": "ú@example.org".encode(),
            "5,000 labels": b"a@" + b"b." * 5000 + b"cz",
            "a comment": b"a(b)@example.org",
            "a number": b"a@[127.0.0.1]",
        }.items()
    ),
    *_rows(
        "subject",
        ("a header", b"a\r\nBcc: x@example.org", _CONTROLS),
        ("an encoded header", b"=?utf-8?q?a=0d=0aBcc:_x?=", _CONTROLS),
        ("a zero character", b"a\0b", _CONTROLS),
        ("half a character", b"\xff", _CONTROLS),
        ("a line separator", "a\u2028b".encode(), _CONTROLS),
        ("a thousand broken words", b"=?x?q?=?=" * 1000, _CONTROLS),
        ("200,000 letters", b"a" * 200_000, "taken: a mail"),
    ),
    *(
        Row("template", text, text.encode(), expected)
        for expected, texts in {
            _FORBIDDEN: (
                "{{ self.__init__ }}",
                "{{ ''.__class__.__mro__ }}",
                "{{ ''|attr('__class__') }}",
                "{{ '{0.__class__}'.format(1) }}",
                "{{ joiner.__init__.__globals__ }}",
                "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
            ),
            _TOO_MUCH: (
                "{{ '%999999999d' % 1 }}",
                "{{ 9**9**9 }}",
                "{{ 'a' * 99999999 }}",
                "{{ words * 9999999 }}",
                "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
                "{{ ('a' * 100)|replace('', 'b' * 100000) }}",
            ),
            "refused: RecursionError": ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{{ " + "(" * 500 + "1"),
            "refused: TemplateNotFound": ("{% include '/etc/passwd' %}", "{% import '../../x' as y %}"),
            "refused: UndefinedError": ("{{ lipsum.__globals__ }}", "{{ config.items() }}"),
        }.items()
        for text in texts
    ),
)
