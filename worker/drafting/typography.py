"""Czech typesetting, after the Internet Language Reference Book of the Czech Language Institute (prirucka.ujc.cas.cz).

A no-break space keeps together what must not part at a line's end (its page 880): a one-letter preposition or
conjunction and its word, a number and what it counts, a day and its month, an abbreviation and what belongs to it, a
name and what stands before it. Straight quotes become „…“ (page 162), a hyphen between spaces or in a range a dash
(page 165), three stops an ellipsis, large amounts stand in groups of three (page 786). Only what can be told for
certain is changed; an address, a link and an unpaired quote are left as they are typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from html import unescape
from html.parser import HTMLParser

NBSP = "\N{NO-BREAK SPACE}"
_SHORT = 300
"""Characters of what is remembered once it is set: titles and single sentences."""

_ADDRESS = re.compile(r"(?<!\S)\S*(?:://|@|\bwww\.)\S*")
"""Tried where a word begins and nowhere within it: else one word of a whole field would take minutes."""
_CAPITAL, _SMALL = "A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ", "a-záčďéěíňóřšťúůýž"
_YEAR = r"(?:19|20)\d\d"
_TITLES = r"Ing|Mgr|Bc|JUDr|MUDr|PhDr|RNDr|PaedDr|MVDr|ThDr|PharmDr|doc|prof|[Dd]r|arch|gen|plk|mjr|kpt|npor|por|p"
_UNITS = (
    r"(?:Kč|korun\w*|eur\w*|€|obyvatel\w*|lidí|osob\w*|dětí|domácnost\w*|rodin\w*|obcí|let|dnů|dní|hodin\w*|minut\w*|"
    r"měsíců|tis\.|mil\.|mld\.|h|km|kg|m²|m|ha|t|%|‰|°C)(?!\w)"
)
_PART = r"(?:stran|tabul|kapitol|příloh|obráz)\w*"
_HALVES = {"1/2": "½", "1/4": "¼", "3/4": "¾"}

_RESPELLED: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"(?<!\.)\.\.\.(?!\.)", "…"),
    (r"(?<=[\w)“”\"]) --(?= \w)", f"{NBSP}–"),
    # 15.9.2026 → 15. 9. 2026; 15.09.2026 is the other allowed form.
    (rf"(?<![\d.])(?!\d\d\.\d\d\.)(\d\d?)\.(\d\d?)\.(?={_YEAR}(?![\d.]))", rf"\1.{NBSP}\2.{NBSP}"),
    # 1/2 roku, not the first of two parts.
    (
        r"(?<![\w/.,])(1/2|1/4|3/4)(?= (?:rok\w*|dne|dnu|hodin\w*|měsíc\w*|stran\w*|úvazk\w*|litru|km|kg)(?!\w))",
        lambda found: _HALVES[found.group(1)],
    ),
    # 12500 obyvatel, 2500 Kč.
    (rf"(?<![\w.,/-])[1-9]\d{{4,}}(?=(?:,\d+)?[ {NBSP}]{_UNITS})", lambda found: _in_threes(found.group())),
    (rf"(?<![\w.,/-])[1-9]\d{{3}}(?=(?:,\d+)?[ {NBSP}](?:Kč|korun|€))", lambda found: _in_threes(found[0])),
)
"""Rules that may change how long a text is, used away from addresses."""

_REDRAWN: tuple[tuple[str, str], ...] = (
    (r"(?:(?<=^)|(?<=[\s(\[–/]))\"(?=[^\s\"])((?:(?!\n\s*\n)[^\"]){1,600}?)(?<=\S)\"(?=[\s.,;:!?)\]–…]|$)", r"„\1“"),
    (r"“([^“”„\"]+)”", r"„\1“"),
    (r"„([^“”„\"]+)[”\"]", r"„\1“"),
    # A dash between clauses; a list's hyphen begins its line and a table's cell stands beside a bar.
    (rf"(?<=[^\s|])[ {NBSP}]-(?= [^\s|])", f"{NBSP}–"),
    # Ranges: 2024-2027, 9.-26. ledna, 8:00-16:00, s. 12-28, 5-10 lidí.
    (rf"(?<![\w/.,-])({_YEAR})-(?={_YEAR}(?![\w/-]))", r"\1–"),
    (r"(?<![\w/.,-])(\d\d?\.)-(?=\d\d?\.(?!\w))", r"\1–"),
    (r"(?<![\w/.,-])(\d\d?[:.]\d\d)-(?=\d\d?[:.]\d\d(?![\w.]))", r"\1–"),
    (rf"(?<!\w)((?:s|str)\.[ {NBSP}]\d+)-(?=\d+(?![\w/-]))", r"\1–"),
    (rf"(?<![\w/.,-])(\d{{1,4}})-(?=\d{{1,4}}[ {NBSP}]{_UNITS})", r"\1–"),
    # 500,- without hellers.
    (r"(?<=\d,)-(?![\w-])", "–"),
)  # fmt: skip
"""Rules that put one character for another."""

_KEPT_TOGETHER = (
    # K, s, v, z, o, u, a, i stand before their word (also at the start of a sentence or after a bracket).
    rf"(?:(?<=^)|(?<=[\s(\[„‚{NBSP}–]))([KkSsVvZzOoUuAaIi]) (?=\S|$)",
    # 8. prosince, 31. 12. 2023, 2. pololetí, 109. schůze: not a sentence's end.
    rf"((?<!\d)\d{{1,2}}\.) (?=[{_SMALL}\d])",
    rf"((?<!\d)\d{{3}}\.) (?=[{_SMALL}])",
    # II. patro; Karel IV.
    rf"((?<!\w)[IVXL]+\.) (?=[{_SMALL}])",
    rf"((?<!\w)[{_CAPITAL}][{_SMALL}]+) (?=[IVX]+\.(?!\w))",
    # 1 000, 485 226 111: groups of three; 800 11 22 33.
    r"((?<!\d)\d{1,3}) (?=\d{3}(?!\d))",
    rf"((?<!\d)\d{{3}}) (?=\d\d[ {NBSP}]\d\d[ {NBSP}]\d\d(?!\d))",
    rf"((?<!\d)\d{{3}}{NBSP}\d\d) (?=\d\d[ {NBSP}]\d\d(?!\d))",
    rf"((?<!\d)\d{{3}}{NBSP}\d\d{NBSP}\d\d) (?=\d\d(?!\d))",
    r"(,\d{3}) (?=\d)",
    # +420 485 …: the country code and the number.
    r"(\+\d{1,3}) (?=\d)",
    # 109 opatření, 20 %, ½ roku; a year counts nothing unless a unit follows.
    rf"((?<![\d.])(?!{_YEAR}(?!\d))\d+) (?=[^\W\d_]|[%‰°€])",
    rf"((?<![\d.])\d+) (?={_UNITS})",
    r"([½¼¾]) (?=\w)",
    # § 5, # 26; * 1921 and † 2000, but not a list's asterisk.
    r"([§#†]) (?=\d)",
    r"((?<=\S )\*|(?<=\()\*) (?=\d)",
    # 1 : 50 000
    r"(\d) (?=: ?\d)",
    rf"(\d[ {NBSP}]:) (?=\d)",
    # č. 513, str. 4, s. 53, obr. 1, strana 2.
    r"((?<!\w)(?:[Čč]|[Ss]tr|[Oo]dst|[Pp]ísm|[Čč]l|[Tt]el)\.) (?=\S)",
    r"((?<!\w)(?:[Ss]|[Oo]br|[Tt]ab|[Kk]ap|[Ss]v|[Rr]oč|[Pp]říl)\.) (?=\d)",
    rf"((?<!\w)(?:{_PART}|{_PART.capitalize()})) (?=\d)",
    # tzv. rybář
    r"((?<!\w)(?:tzv|tzn|tj|mj|např|resp|popř|příp)\.) (?=\S)",
    # a. s., s. r. o., př. n. l., č. j., sp. zn.; T. G. M.; AV ČR, ČSN 01 6910.
    r"((?<!\w)(?:[a-zčú]|př|mn|sp)\.) (?=(?:[a-zčú]|zn)\.)",
    rf"((?<!\w)[{_CAPITAL}]\.) (?=[{_CAPITAL}]\.)",
    rf"((?<!\w)[{_CAPITAL}]{{2,}}) (?=ČR(?!\w))",
    r"(ČSN) (?=\d)",
    rf"(ČSN[ {NBSP}]\d\d) (?=\d{{4}})",
    # Ing. Nováková, mjr. Nový, p. Novák; J. Nováková.
    rf"((?<!\w)(?:{_TITLES})\.) (?=[{_CAPITAL}]|(?:{_TITLES})\.)",
    rf"((?<!\w)[{_CAPITAL}]\.) (?=[{_CAPITAL}][{_SMALL}])",
    # A dash between clauses does not start a line; in a table it stands alone.
    r"([^\s|]) (?=– )",
)
"""Rules whose blank becomes a no-break one."""


@cache
def _compiled() -> tuple[
    tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...],
    tuple[tuple[re.Pattern[str], str], ...],
    tuple[re.Pattern[str], ...],
]:
    """All three, compiled when something is typeset for the first time: most ticks typeset nothing."""
    return (
        tuple((re.compile(rule), spelt) for rule, spelt in _RESPELLED),
        tuple((re.compile(rule, re.MULTILINE), drawn) for rule, drawn in _REDRAWN),
        tuple(re.compile(rule, re.MULTILINE) for rule in _KEPT_TOGETHER),
    )


def typeset(text: str) -> str:
    """`text` as Czech is printed; safe to repeat. Addresses in it stay as they are."""
    return _set(_respell(text))


def keep_together(text: str) -> str:
    """`text` with the no-break spaces alone, for sentences that may quote what is to be typed; safe to repeat."""
    return _remembered(text) if len(text) <= _SHORT else _save_addresses(text, _kept_together(text))


@lru_cache(maxsize=2000, typed=True)  # the same few hundred titles stand on every page that lists them
def _remembered(text: str) -> str:
    return _save_addresses(text, _kept_together(text))


def _respell(text: str) -> str:
    """The rules that change lengths, between the addresses."""
    pieces, end = [], 0
    for address in _ADDRESS.finditer(text):
        pieces += [_respell_prose(text[end : address.start()]), address.group()]
        end = address.end()
    return "".join([*pieces, _respell_prose(text[end:])])


def _respell_prose(text: str) -> str:
    if text and not text.isspace():
        for rule, spelt in _compiled()[0]:
            text = rule.sub(spelt, text)
    return text


def _set(text: str) -> str:
    """The rules that put one character for another, so every place in the text keeps its number."""
    if not text or text.isspace():
        return text
    result = text
    for rule, drawn in _compiled()[1]:
        result = rule.sub(drawn, result)
    return _save_addresses(text, _kept_together(result))


def _kept_together(text: str) -> str:
    for rule in _compiled()[2]:
        text = rule.sub(lambda found: found.group(1) + NBSP, text)
    return text


def _save_addresses(text: str, result: str) -> str:
    """`result` with the addresses of `text`, which stand at the same places, as they were."""
    for address in _ADDRESS.finditer(text):
        result = result[: address.start()] + address.group() + result[address.end() :]
    return result


def _in_threes(digits: str) -> str:
    return f"{int(digits):,}".replace(",", NBSP)


_INLINE = frozenset(
    {"a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "img", "mark", "q", "s", "small", "span", "strong"}
    | {"sub", "sup", "u", "wbr"}
)
_UNTOUCHED = frozenset({"style", "script", "pre", "code"})
_OPAQUE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a paragraph for what is not read as prose: code, a picture."""


class _TextNodes(HTMLParser):
    """Copies markup as it stands and typesets the text between, save in elements whose text is not read as prose.

    The text nodes of one paragraph are looked at together, for a quote may close in another node than it opened in.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._parts: list[str] = []
        self._inside: list[str] = []
        self._texts: list[tuple[int, str, str]] = []
        """Where in `_parts`, how it was written, and what it reads, of the present paragraph's text nodes."""

    def finished(self) -> str:
        """The whole markup."""
        self.close()
        self._end_of_paragraph()
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag, self.get_starttag_text() or "")
        if tag in _UNTOUCHED:
            self._inside.append(tag)
        if tag == "img":
            self._text("", _OPAQUE)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag, self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._tag(tag, f"</{tag}>")
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def _tag(self, tag: str, written: str) -> None:
        if tag not in _INLINE:
            self._end_of_paragraph()
        self._parts.append(written)

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._text(data, _OPAQUE)
        else:
            respelt = _respell(data)
            self._text(respelt, respelt)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, written: str) -> None:
        read = unescape(written)
        self._text(written, read if len(read) == 1 and not self._inside else _OPAQUE)

    def _text(self, written: str, read: str) -> None:
        self._texts.append((len(self._parts), written, read))
        self._parts.append(written)

    def _end_of_paragraph(self) -> None:
        """Put the paragraph's text nodes, typeset together, into their places; what did not change stays as written."""
        together = _set("".join(read for _, _, read in self._texts))
        at = 0
        for place, _, read in self._texts:
            become = together[at : at + len(read)]
            at += len(read)
            if become != read:
                self._parts[place] = become
        self._texts.clear()

    def handle_comment(self, data: str) -> None:
        self._parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._parts.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._parts.append(f"<![{data}]>")


def typeset_html(html: str) -> str:
    """`html` with its text nodes typeset; tags, attributes, comments and style sheets stay byte for byte."""
    parser = _TextNodes()
    parser.feed(html)
    return parser.finished()
