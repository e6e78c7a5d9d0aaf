"""What is made of a feed's bytes, whatever they are."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fixtures.feed_server import atom, item
from worker.feeds.clean import FOREIGN_HOST, LONGEST_LINK, NO_LINK, TURNED
from worker.feeds.read import MOST_ENTRIES, Entry, czech_instant, entries
from worker.feeds.screen import DEEPEST
from worker.outbound.trouble import Trouble

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://obec.example.org/rss/aktuality.atom"


def news(body: bytes | str, content_type: str = "application/xml") -> list[Entry]:
    return entries(body.encode() if isinstance(body, str) else body, content_type, URL, NOW)


def one(inside: str) -> Entry:
    [found] = news(atom(inside))
    return found


def titled(title: str, link: str = "https://obec.example.org/1") -> Entry:
    return one(f'<id>1</id><title type="html">{title}</title><link href="{link}"/>')


def refused(body: bytes | str) -> str:
    with pytest.raises(Trouble) as told:
        news(body)
    return told.value.message_key


def rss(*items: str, channel: str = "") -> str:
    inside = "".join(f"<item>{each}</item>" for each in items)
    return f'<rss version="2.0"><channel><title>Obec</title>{channel}{inside}</channel></rss>'


def test_atom_and_rss_say_the_same() -> None:
    first = one(item(1, "Nová poradna"))
    assert (first.title, first.link, first.doubts) == ("Nová poradna", "https://obec.example.org/zpravy/1", ())
    assert first.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    given = "<title>Nová poradna</title><link>/zpravy/1</link><pubDate>Fri, 20 Nov 2026 11:00:00 +0100</pubDate>"
    [second] = news(rss(given + "<guid>tag:obec.example.org,2026:1</guid>"))
    assert second == first


@pytest.mark.parametrize(
    "body",
    [
        "", "ahoj", "/etc/passwd", "{}", "<html><head><title>Obec</title></head><body><p>Zprávy</p></body></html>",
        "<!DOCTYPE html><html lang=cs><body><article><title>Zpráva</title></article>", "<svg/>", "\0\0\0", "<",
        '<?xml version="1.0"?><opml><body/></opml>',
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(body: str) -> None:
    assert refused(body) == "feeds.no_feed"


def test_bytes_that_name_a_file_open_none(tmp_path: Path) -> None:
    file = tmp_path / "kanal.xml"
    file.write_bytes(atom(item(1)))
    assert refused(str(file)) == "feeds.no_feed"


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE feed [<!ENTITY a0 "ha">{LAUGHS}]>',
        '<!DOCTYPE feed [<!ENTITY a8 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE feed [<!ENTITY % dtd SYSTEM "http://127.0.0.1/x.dtd"> %dtd; <!entity a8 "x">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_its_own_are_refused(doctype: str, encoding: str) -> None:
    bomb = f'{doctype}<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&a8;</title></entry></feed>'
    assert refused(bomb.encode(encoding)) == "feeds.entities"


@pytest.mark.parametrize(
    "body",
    [
        '<rss version="2.0">' + "<a>" * 600_000,
        '<rss version="2.0"><channel>' + "<a>" * DEEPEST + "</a>" * DEEPEST + "</channel></rss>",
        '<rss version="2.0"><channel>' + "<item><title>a</title></item>" * 60_000 + "</channel></rss>",
        '<rss version="2.0">' + "&" * 1_900_000,
        '<rss version="2.0"><channel>' + "<item><title>a" * 100_000,
    ],
    ids=["nested", "deep", "many", "ampersands", "broken"],
)
def test_what_would_take_long_is_not_read(body: str) -> None:
    began = time.process_time()
    assert refused(body) == "feeds.too_intricate"
    assert time.process_time() - began < 1


def test_no_more_than_so_many_entries_are_taken() -> None:
    assert len(news(atom(*(item(number) for number in range(MOST_ENTRIES + 50))))) == MOST_ENTRIES


def test_a_bare_ampersand_is_forgiven() -> None:
    assert [each.title for each in news(rss("<title>Práce & bydlení</title><link>/1</link>"))] == ["Práce & bydlení"]


CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy"


@pytest.mark.parametrize(
    ("written", "declared", "served"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", None, "iso-8859-1"),
        ("utf-8", "windows-1250", "windows-1250"),
        ("cp1250", "windows-1250", ""),
        ("cp1250", "utf-8", "utf-8"),
        ("cp1250", None, "windows-1250"),
        ("cp1250", None, ""),
        ("iso8859-2", "iso-8859-2", ""),
        ("utf-16", "utf-16", ""),
        ("cp1250", "zip", "hex"),
    ],
)
def test_czech_survives_a_wrong_charset(written: str, declared: str | None, served: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = (head + rss(f"<title>{CZECH}</title>")).encode(written)
    [found] = news(body, f"text/xml; charset={served}" if served else "text/xml")
    assert found.title == CZECH


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("22. 11. 2026", datetime(2026, 11, 21, 23, tzinfo=UTC)),
        ("22.11.2026 14:30", datetime(2026, 11, 22, 13, 30, tzinfo=UTC)),
        ("Středa 1. července 2026 8.05", datetime(2026, 7, 1, 6, 5, tzinfo=UTC)),
        ("1. červen 2026", datetime(2026, 5, 31, 22, tzinfo=UTC)),
        ("31. 11. 2026", None),
        ("3. smysl 2026", None),
        ("2026-11-22", None),
    ],
)
def test_czech_dates_are_read(written: str, at: datetime | None) -> None:
    assert czech_instant(written) == at


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("Fri, 20 Nov 2026 11:00:00 +0100", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("20. listopadu 2026 11:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("1. 1. 1970", None),
        ("Tue, 01 Dec 2099 10:00:00 GMT", None),
        ("1. 12. 2099", None),
        ("Mon, 99 Nov 0000 99:99:99", None),
        ("včera", None),
        ("", None),
    ],
)
def test_a_date_counts_when_it_can_be_true(written: str, at: datetime | None) -> None:
    [found] = news(rss(f"<title>Zpráva</title><pubDate>{written}</pubDate>"))
    assert found.published_at == at


def test_without_a_guid_or_with_one_for_all_news_go_by_what_they_say() -> None:
    same = '<guid isPermaLink="false">1</guid>'
    first, second = news(rss(f"{same}<title>Jedna</title>", f"{same}<title>Dvě</title>", f"{same}<title>Dvě</title>"))
    assert (first.key, second.key) == (first.content, second.content)
    [bare] = news(rss("<title>Jedna</title>"))
    assert bare.key == first.key
    named, again = one(item(1, "Jedna")), one(item(1, "Jedna, opravená"))
    assert named.key == again.key != named.content != again.content


def test_news_without_a_title_are_left_out() -> None:
    assert [each.title for each in news(rss("<title> </title><link>/1</link>", "<title>Zpráva</title>"))] == ["Zpráva"]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Zpráva&lt;script&gt;alert(1)&lt;/script&gt; dne", "Zpráva dne"),
        ("&lt;b&gt;Nová&lt;/b&gt; &lt;img src=x onerror=alert(1)&gt;poradna", "Nová poradna"),
        ("Práce &amp;amp; bydlení &amp;lt;b&amp;gt;", "Práce & bydlení <b>"),
        ("Dotace&#13;&#10;Bcc: nekdo@example.org", "Dotace Bcc: nekdo@example.org"),
        ("{{ 7 * 7 }} {% raw %} {# x #}", "{{ 7 * 7 }} {% raw %} {# x #}"),
        ("Ahoj @@greeting@@", "Ahoj @greeting@"),
        ("Ahoj &amp;#64;&amp;#64;unsubscribe@@", "Ahoj @unsubscribe@"),
        ("Dobrá\u00a0zpráva\u2028dne", "Dobrá zpráva dne"),
        ("Pří\u00adliš dlouhé", "Příliš dlouhé"),
    ],
)
def test_a_title_is_one_line_of_plain_text(written: str, title: str) -> None:
    assert titled(written).title == title


def test_a_title_and_a_summary_are_cut() -> None:
    found = one(f"<title>{'slovo ' * 400}</title><summary>{'slovo ' * 4000}</summary>")
    assert 190 < len(found.title) <= 200 and found.title.endswith("…")
    assert 590 < len(found.summary) <= 600
    assert titled("x" * 200).title == "x" * 200 and titled("x" * 201).title == "x" * 199 + "…"


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "file:///etc/passwd",
     "vbscript:x", "http://", "https://jmeno:heslo@obec.example.org/", "https://obec.example.org/&quot;&gt;",
     "http://[::1", "https://obec.example.org:0/", "https://obec.example.org/\u202egpj", "https://obec.example.org/a\u200b",
     "https://obec.example.org/" + "x" * 600],
)  # fmt: skip
def test_an_address_that_is_none_of_the_web_is_not_kept(link: str) -> None:
    found = titled("Zpráva", link)
    assert (found.link, found.doubts) == ("", (NO_LINK,))


def test_an_address_is_kept_up_to_its_limit() -> None:
    longest = "https://obec.example.org/".ljust(LONGEST_LINK, "x")
    assert titled("Zpráva", longest).link == longest and titled("Zpráva", longest + "x").link == ""


def test_what_every_text_has_is_no_reason_to_doubt_it() -> None:
    for usual in ("\u00a0", "\u2028", "\u00ad", "\t", "\n", "\u3000", "\u200a"):
        assert titled(f"Nová{usual}poradna").doubts == (), repr(usual)


def test_a_relative_address_is_that_of_the_feeds_server() -> None:
    assert titled("Zpráva", "/zpravy/1?a=b").link == "https://obec.example.org/zpravy/1?a=b"


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\u2066", "\ue000"])
def test_characters_that_turn_or_hide_text_are_taken_out_and_flagged(character: str) -> None:
    found = titled(f"Faktura {character}fdp.exe")
    assert (found.title, found.doubts) == ("Faktura fdp.exe", (TURNED,))
    assert titled(f"Faktura &amp;#{ord(character)};x").doubts == (TURNED,)


def test_an_address_in_letters_that_can_be_mistaken_is_flagged() -> None:
    assert titled("Zpráva", "https://\u043ebec.example.org/").doubts == (FOREIGN_HOST,)
    assert titled("Zpráva", "https://xn--bec-0ed.example.org/").doubts == (FOREIGN_HOST,)


def test_of_a_body_its_text_alone_is_kept() -> None:
    pixel = '&lt;img src="https://pocitadlo.example.org/1.gif" width="1" height="1"&gt;'
    body = f"&lt;p&gt;Text{pixel}&lt;/p&gt;&lt;style&gt;p{{}}&lt;/style&gt;"
    found = one(f'<title>Zpráva</title><content type="html">{body}</content>')
    assert found.summary == "Text"
