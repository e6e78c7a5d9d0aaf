"""What makes a text hard to read or other than it seems: long sentences, unexplained abbreviations, look-alike letters.

Nothing here is changed, only pointed at. The rules are those of the Ombudsman's handbook of plain official writing
(ochrance.cz/srozumitelne) and, for letters, of Unicode TS 39: no word mixes scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from worker.messages import say

LONGEST = 30
"""Words of a sentence, twice as many as the 15 that guides to plain language advise."""
MOST_NAMED = 10
"""Words named in one remark."""
BEGINNING = 6
"""Words by which a sentence is found again."""
_KNOWN = frozenset(
    {"AIDS", "CD", "ČR", "ČT", "ČTK", "DIČ", "DNA", "DPH", "DVD", "EU", "GPS", "HIV", "HTML", "IČ", "IČO", "ID", "IT"}
    | {"LED", "MHD", "MŠ", "NATO", "OSN", "PC", "PDF", "PIN", "PR", "PSČ", "QR", "RSS", "SMS", "SOS", "SPZ", "SŠ", "TV"}
    | {"UNESCO", "UNICEF", "USA", "USB", "VŠ", "WWW", "ZŠ", "DOCX", "ICS", "URL"}
)
"""What a dictionary for everybody has."""
_ROMAN = re.compile(r"[IVXLCDM]+")
_ABBREVIATION = re.compile(r"(?<![\w.@/&-])[A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ]{2,6}(?![\w@/&])")
_CAPITALS = re.compile(r"[A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ]{2,}(?:[^\w\n]+[A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ]{2,}){2,}")
_LINK = re.compile(r"\[([^\]\n]*)\]\(<?([^)\s>]*)>?[^)\n]*\)")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>()\"„“]+")
_END = re.compile(r"(?<=[.!?…])[“\")\]*_]*\s+(?=[„\"(\[*_]*[A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ])")
_LIST = re.compile(r"^\s*(?:[-*+•]|\d+[.)]|#+|>)\s+", re.MULTILINE)
_LETTERS = re.compile(r"[^\W\d_]+")
_STYLED = ("MATHEMATICAL", "FULLWIDTH", "CIRCLED", "SQUARED", "PARENTHESIZED", "NEGATIVE")
_LIKE_LATIN = frozenset("АВЕЅІЈКМНОРСТХУаеѕіјорсухһԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧορν")
"""Letters of Cyrillic and Greek that most typefaces draw as Latin ones (Unicode TS 39, confusables)."""


def remarks(parts: Mapping[str, tuple[str, str]], standing: Iterable[object]) -> Iterator[tuple[str, str]]:
    """(code, sentence) of everything found in `parts`, id → (label, text).

    What stands in `standing`, JSON of texts that are the same every time, is not judged.
    """
    familiar = list(_texts_in(list(standing)))
    for part, (label, text) in parts.items():
        if words := look_alikes(text):
            named = ", ".join(f"„{word}“ ({_strange_letters(word)})" for word in words[:MOST_NAMED])
            yield f"look-alike-{part}", say("plain.look_alike", part=label, words=named)
        for shown, address in links_elsewhere(text)[:1]:
            yield f"link-elsewhere-{part}", say("plain.link_elsewhere", part=label, shown=shown, address=address)
    if unknown := unexplained([text for _, text in parts.values()], familiar):
        yield "abbreviations", say("plain.abbreviations", abbreviations=", ".join(unknown[:MOST_NAMED]))
    for part, (label, text) in parts.items():
        if found := list(long_sentences(text, familiar)):
            sentence, words_in = max(found, key=lambda each: each[1])
            key = "plain.long_sentences" if len(found) > 1 else "plain.long_sentence"
            begins = " ".join(sentence.split()[:BEGINNING])
            values = {"part": label, "sentence": begins, "words": words_in, "limit": LONGEST, "more": len(found) - 1}
            yield f"long-sentence-{part}", say(key, **values)


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts_in(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from _texts_in(each)


def _strange_letters(word: str) -> str:
    """The letters of `word` that are not plain Latin ones, by their numbers."""
    return ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for char in word if _script(char) != "LATIN"))


def long_sentences(text: str, familiar: Iterable[str] = ()) -> Iterator[tuple[str, int]]:
    """Every sentence of over `LONGEST` words, with their number; an item of a list and a line are sentences too.

    Those of `familiar`, which are the same every time, are left out.
    """
    known = _prose("\n\n".join(familiar))
    for line in _prose(text).split("\n"):
        for sentence in _END.split(line):
            words = sum(any(map(str.isalnum, word)) for word in sentence.split())
            if words > LONGEST and sentence.strip() not in known:
                yield sentence.strip(), words


def _prose(text: str) -> str:
    """Markdown as it is read: paragraphs on one line each, links by their words, an address as one word."""
    text = _ADDRESS.sub("adresa", _LINK.sub(r"\1", text))
    paragraphs = re.split(r"\n\s*\n", text)
    return "\n".join(" ".join(item.split()) for paragraph in paragraphs for item in _LIST.split(paragraph))


def unexplained(texts: Iterable[str], familiar: Iterable[str] = ()) -> list[str]:
    """The abbreviations that `texts`, read together, nowhere spell out, in order of appearance.

    Those in `familiar`, texts that readers know anyhow, are left out, as is a name in capitals that these spell small.
    """
    read = "\n".join(_ADDRESS.sub(" ", _LINK.sub(r"\1", text)) for text in texts)
    known = " ".join(familiar)
    in_capitals = {at for found in _CAPITALS.finditer(read) for at in range(found.start(), found.end())}
    met = dict.fromkeys(found.group() for found in _ABBREVIATION.finditer(read) if found.start() not in in_capitals)
    small = set(_LETTERS.findall(known.casefold()))
    own = set(_LETTERS.findall(known))
    return [
        each
        for each in met
        if each not in _KNOWN | own
        and each.casefold() not in small
        and not _ROMAN.fullmatch(each)
        and not _spelt_out(each, read)
    ]


def _spelt_out(abbreviation: str, text: str) -> bool:
    """`Agentura pro sociální začleňování (ASZ)`, `(dále jen „ASZ“)`, `ASZ (Agentura …)`, `ASZ – Agentura …`."""
    after = rf"\((?:(?:dále|zkráceně|zkratka)\s+(?:jen\s+)?|tzv\.\s+)?[„\"]?{abbreviation}[“\"]?\)"
    before = rf"(?<!\w){abbreviation}(?:\s+\([^)\n]*\w+\s+\w+|\s+[–=-]\s+\w+\s+\w+)"
    return re.search(f"{after}|{before}", text) is not None


def look_alikes(text: str) -> list[str]:
    """The words with letters of another script, or styled ones, in the place of those they look like."""
    latin = sum(_script(char) == "LATIN" for char in text)
    mostly_latin = latin * 2 > sum(char.isalpha() for char in text)
    return list(dict.fromkeys(word for word in _LETTERS.findall(text) if _deceives(word, mostly_latin=mostly_latin)))


def _deceives(word: str, *, mostly_latin: bool) -> bool:
    scripts = {_script(char) for char in word}
    if scripts & set(_STYLED):
        return True
    if "LATIN" in scripts:
        return bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
    return mostly_latin and len(word) > 1 and _LIKE_LATIN.issuperset(word)


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]


def links_elsewhere(text: str) -> list[tuple[str, str]]:
    """(what is read, where it leads) of every link whose words are an address of another host than its own."""
    found = []
    for words, address in _LINK.findall(text):
        shown = _ADDRESS.search(words)
        if shown is not None and _host(shown.group()) != _host(address):
            found.append((words, address))
    return found


def _host(address: str) -> str:
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
