"""Words behind a rhythm that name a time. Nothing is counted from them, so whoever wrote them is told."""

from __future__ import annotations

import re

from worker.plan.words.phrases import is_month, month_number, normalise

_NUMBER = re.compile(r"\b(?P<month>[0-9]{1,2})/(?=[0-9]{4}\b)|\b(?P<year>(?:19|20)[0-9]{2})\b")
_NAME = re.compile(r"[^\W\d_]+")
_OTHER = re.compile(
    r"\b(?:pondělí|pondělky|úterý|úterky|střed(?:a|u|y)|čtvrt(?:ek|ky)|pát(?:ek|ky)|sobot(?:a|u|y)|neděl(?:e|i)|"
    r"jar(?:o|a|u)|jaře|podzim(?:u|ní)?|lét(?:o|a|ě|u)|zim(?:a|y|ě|u)|prázdnin\w*|"
    r"kromě(?! toho)|vyjma|mimo(?! jiné)|do konce|začátk\w+|polovin\w+|konc(?:em|i)|"
    r"[0-9]{1,2}\. (?:den|dne|v měsíci|každého)|[0-9]{1,2}\. ?[0-9]{1,2}\.)(?!\w)"
)


def times_in(text: str) -> frozenset[str]:
    """The months, years, weekdays, seasons and exceptions that `text` names, one spelling for each month and year."""
    plain = normalise(text)
    months = {f"month {month_number(word, text)}" for word in _NAME.findall(plain) if is_month(word)}
    numbers = {f"{each.lastgroup} {int(each[each.lastgroup or 0])}" for each in _NUMBER.finditer(plain)}
    return frozenset(months | numbers | set(_OTHER.findall(plain)))
