"""What a person wrote, out of what her program sent: quotations cut off, charsets undone, nothing that harms a page."""

from __future__ import annotations

import time

import pytest

from tests.unit.inbox.letters import mail, parts
from worker.inbox.markup import text_of
from worker.inbox.sorting import letter
from worker.inbox.words import CUT, LONGEST


def text(data: bytes) -> str:
    return letter(data).text


QUOTED = "> prosíme o schválení: Tisková zpráva.\r\n>\r\n> Celé znění je níže.\r\n"


@pytest.mark.parametrize(
    "above",
    [
        "Dne 01. 12. 26 v 10:00 Hlasatel Libereckého kraje napsal(a):",
        "po 1. 12. 2026 v 10:00 odesílatel Hlasatel <hlasatel@kraj.example.org>\r\nnapsal:",
        "1. 12. 2026 v 10:00, Hlasatel Libereckého kraje\r\n<hlasatel@kraj.example.org>:",
        "On Tue, Dec 1, 2026 at 10:00 AM Hlasatel <hlasatel@kraj.example.org> wrote:",
        "",
    ],
)
def test_a_quotation_and_the_line_above_it_are_cut_off(above: str) -> None:
    assert text(mail(f"Titulek zkraťte.\r\n\r\nJana\r\n\r\n{above}\r\n{QUOTED}")) == "Titulek zkraťte.\n\nJana"
    assert text(mail(f"{above}\r\n{QUOTED}\r\nTitulek zkraťte.")) == "Titulek zkraťte."


@pytest.mark.parametrize(
    "heading",
    [
        "-----Původní zpráva-----\r\nOd: Hlasatel",
        "-----Original Message-----\r\nFrom: Hlasatel",
        "---------- Původní e-mail ----------\r\nOd: Hlasatel",
        "________________________________\r\nOd: Hlasatel <h@kraj.example.org>",
        "Od: Hlasatel <h@kraj.example.org>\r\nOdesláno: úterý 1. prosince 2026 10:00\r\nKomu: Jana",
        "From: Hlasatel\r\nSent: Tuesday\r\nTo: Jana\r\nSubject: Ke schválení",
        "*Od:* Hlasatel\r\n*Datum:* 1. 12. 2026",
        "-- \r\nJana Nováková, tisková mluvčí",
        "--\r\nJana Nováková",
    ],
)
def test_a_quoted_mail_without_marks_and_a_signature_are_cut_off(heading: str) -> None:
    assert text(mail(f"Titulek zkraťte.\r\n\r\n{heading}\r\n\r\nprosíme o schválení")) == "Titulek zkraťte."


def test_what_stands_between_quoted_lines_is_kept() -> None:
    answer = "> 1. odstavec\r\nTady chybí datum:\r\n> 2. odstavec\r\nA tady je překlep.\r\n"
    assert text(mail(answer)) == "Tady chybí datum:\nA tady je překlep."


@pytest.mark.parametrize("line", ["Odesláno z iPhonu", "Sent from my iPhone", "Získejte Outlook pro Android"])
def test_what_a_telephone_adds_is_no_comment(line: str) -> None:
    assert text(mail(f"Ano.\r\n\r\n{line}\r\n")) == "Ano."


@pytest.mark.parametrize("line", ["Od: pondělí", "Odesláno z úřadu ve 12.", "-- a dál", "Sent from her office."])
def test_what_only_resembles_a_quotation_stays(line: str) -> None:
    assert text(mail(f"Prosím.\r\n{line}\r\nDíky.")) == f"Prosím.\n{line}\nDíky."


def test_nothing_but_a_quotation_is_no_text() -> None:
    assert text(mail(QUOTED)) == ""
    assert text(mail(" \r\n\t\r\n")) == ""


def test_an_answer_in_html_alone_is_read_as_text() -> None:
    answer = (
        "<html><head><title>x</title><style>p {color: red}</style></head><body><p>Titulek je <b>moc</b> dlouhý,<br>"
        "zkra&#357;te ho.</p><p>&nbsp;</p><script>alert(1)</script><div>Jana &lt;mluvčí&gt;</div>"
        '<div class="gmail_attr">po 1. 12. 2026 v 10:00 odesílatel Hlasatel &lt;<a href="mailto:h@k.cz">h@k.cz</a>&gt;'
        " napsal:</div><blockquote><p>prosíme o schválení</p><table><tr><td>Liberecký kraj</td></tr></table>"
        "</blockquote></body></html>"
    )
    assert text(mail(answer, kind="text/html; charset=utf-8")) == (
        "Titulek je moc dlouhý,\nzkraťte ho.\n\nJana <mluvčí>"
    )


def test_plain_text_is_preferred_and_attached_texts_and_mails_are_not_the_answer() -> None:
    html = ("text/html; charset=utf-8", "<p>HTML</p>")
    assert text(parts(("text/plain; charset=utf-8", "Prostý."), html, sub="alternative")) == "Prostý."
    assert text(parts(("text/plain; charset=utf-8", "  "), html, sub="alternative")) == "HTML"
    attached = ("text/plain\r\nContent-Disposition: attachment; filename=a.txt", "Příloha.")
    passed_on = ("message/rfc822", "From: x@y.cz\r\n\r\nSchvaluji.")
    assert text(parts(attached, passed_on, html)) == "HTML"
    assert text(parts(attached, passed_on)) == ""


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "Příliš žluťoučký kůň".encode()),
        ("windows-1250", "Příliš žluťoučký kůň".encode("cp1250")),
        ("ISO-8859-2", "Příliš žluťoučký kůň".encode("iso8859-2")),
        ("utf-16", "Příliš žluťoučký kůň".encode("utf-16")),
        ("", "Příliš žluťoučký kůň".encode()),
        ("us-ascii", "Příliš žluťoučký kůň".encode()),
        ("us-ascii", "Příliš žluťoučký kůň".encode("cp1250")),
        ("neznámá-žádná", "Příliš žluťoučký kůň".encode()),
        ("x" * 500, "Příliš žluťoučký kůň".encode()),
        ("rot13", "Příliš žluťoučký kůň".encode()),
        ("punycode", "Příliš žluťoučký kůň".encode()),
        ("unicode_escape", "Příliš žluťoučký kůň".encode()),
        ("zlib", "Příliš žluťoučký kůň".encode()),
        ("utf-8\0", "Příliš žluťoučký kůň".encode()),
    ],
)
def test_a_wrong_a_missing_and_a_strange_charset_lose_no_word(charset: str, data: bytes) -> None:
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    assert text(mail(data, kind=kind)) == "Příliš žluťoučký kůň"


def test_what_no_page_should_show_is_left_out() -> None:
    strange = (
        "A\0B\x1b[31mC\x07\N{RIGHT-TO-LEFT OVERRIDE}D\N{ZERO WIDTH SPACE}E\N{BOM}F\tG\N{NO-BREAK SPACE}H\x85I\u2028J"
    )
    assert text(mail(strange)) == "AB[31mCDEF G H\nI\nJ"


def test_a_long_answer_is_cut_and_says_so() -> None:
    long = text(mail("Slovo. " * 5000))
    assert len(long) <= LONGEST
    assert long.startswith("Slovo. Slovo.") and long.endswith(f" {CUT}")
    assert text(mail("a\n\n\n\n\n\nb")) == "a\n\nb"


@pytest.mark.parametrize(
    "hostile",
    ["<" * 400_000, "<a " * 130_000, "<!--" * 100_000, "<script>" * 50_000, "<blockquote>" * 30_000, "&#" * 200_000],
)
def test_hostile_html_takes_no_time(hostile: str) -> None:
    begun = time.process_time()
    text_of(hostile)
    assert time.process_time() - begun < 1


def test_what_html_does_not_show_is_no_text() -> None:
    assert text_of("a<!-- b > c -->d<style>e</style>f<SCRIPT>g<p>h</SCRIPT>i").strip() == "adfi"
    assert text_of("a <b nikdy nedokončené") == "a"
    assert text_of("1 &lt; 2 &amp;&amp; &scaron;") == "1 < 2 && š"
