"""How a recipient is addressed, as far as the name tells it for certain; a suggestion that a list's file may override.

The vocative is that of `vokativ` and only taken where a rule of Czech grammar gives it as well (Internet Language
Reference Book, masculine names in the vocative): a wrong salutation offends, a neutral one does not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from worker.audience.given_names import MEN, OFFICES_OF_EITHER, OFFICES_OF_MEN, OFFICES_OF_WOMEN, WOMEN

Gender = Literal["man", "woman"]

_TITLES = frozenset(
    """arch bc bca csc dis doc dr drsc et ing jr judr llm ma mba mddr mgr mga ml mpa mph mudr mvdr paeddr pharmdr phd
    phdr prof rndr rsdr st thdr thlic""".split()  # noqa: SIM905
)
_COURTESY: dict[str, Gender] = {"pan": "man", "p": "man", "paní": "woman", "pí": "woman", "slečna": "woman"}
_NAME = re.compile(r"[^\W\d_]+")
_HARD, _SOFT, _BACK = "bdflmnpstvz", "cčďjňřšťž", "gkh"
_FOREIGN = re.compile(r"[wxqäöüß]|sch|tz|th|gh|ph|ck$|(.)\1", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def suggested(name: str) -> str:
    """`Vážená paní Nováková` for `Ing. Jana Nováková`; empty where the name leaves a doubt. Without the comma."""
    first, *further = [part.strip() for part in unicodedata.normalize("NFC", name).split(",")]
    words = [word for word in first.split() if not _is_title(word)]
    told: Gender | None = _COURTESY.get(words[0].rstrip(".").casefold()) if words else None
    names = words[1:] if told is not None else words
    at = next((number for number, word in enumerate(names) if _is_office(word)), None)
    office = names[at].casefold() if at is not None else next((each for each in map(_office_of, further) if each), "")
    person = names if at is None else [*names[:at], *names[at + 1 :]]
    if any(not _NAME.fullmatch(word) for word in person):
        return ""
    bearer = _bearer(person, told) if person else None
    if person and bearer is None:
        return ""
    gender = bearer[0] if bearer else told
    if told is not None and gender != told:
        return ""
    return _by_office(office, gender) if office else _by_surname(bearer)


def _is_title(word: str) -> bool:
    return word.replace(".", "").casefold() in _TITLES


def _is_office(word: str) -> bool:
    spelt = word.casefold()
    return spelt in OFFICES_OF_MEN or spelt in OFFICES_OF_WOMEN or spelt in OFFICES_OF_EITHER


def _office_of(part: str) -> str:
    """The office that a part after a comma begins with: `starostka obce`."""
    words = part.split()
    return words[0].casefold() if words and _is_office(words[0]) else ""


def _bearer(names: list[str], told: Gender | None) -> tuple[Gender, str] | None:
    """Whether a man's or a woman's, and the surname, of a given name and a surname in either order.

    A surname alone is enough where the file says "pan" or "paní".
    """
    if told is not None and len(names) == 1:
        return (told, names[0].capitalize()) if _fits(names[0], told) else None
    if len(names) != 2 or not all(word[0].isupper() for word in names):
        return None
    given = [word.capitalize() in MEN or word.capitalize() in WOMEN for word in names]
    if given[0] == given[1]:
        return None  # neither is known, or both may be either
    name, surname = (word.capitalize() for word in (names if given[0] else reversed(names)))
    gender: Gender = "man" if name in MEN else "woman"
    return (gender, surname) if _fits(surname, gender) else None


def _fits(surname: str, gender: Gender) -> bool:
    return surname.casefold().endswith(("á", "í", "ů")) if gender == "woman" else not surname.casefold().endswith("á")


def _by_office(office: str, gender: Gender | None) -> str:
    if office in OFFICES_OF_EITHER:
        return "" if gender is None else f"{_opening(gender)} {office}"
    of: Gender = "man" if office in OFFICES_OF_MEN else "woman"
    if gender not in (None, of):
        return ""
    return f"{_opening(of)} {OFFICES_OF_MEN[office] if of == 'man' else OFFICES_OF_WOMEN[office]}"


def _by_surname(bearer: tuple[Gender, str] | None) -> str:
    if bearer is None:
        return ""
    gender, surname = bearer
    vocative = surname if gender == "woman" else _vocative(surname)
    return f"{_opening(gender)} {vocative}" if vocative else ""


def _opening(gender: Gender) -> str:
    return "Vážený pane" if gender == "man" else "Vážená paní"


def _vocative(surname: str) -> str:
    """A man's surname in the vocative; empty where the grammar and `vokativ` do not agree."""
    from vokativ import vokativ  # reads its tables at its first use

    if _FOREIGN.search(surname):
        return ""
    found: str = vokativ(surname, woman=False, last_name=True).capitalize()
    return found if found in _by_grammar(surname) else ""


def _by_grammar(surname: str) -> set[str]:
    """The vocatives that a man's surname may have by its ending."""
    stem, last = surname[:-1], surname[-1]
    if last in "íýů":
        return {surname}
    if last == "a":
        return {f"{stem}o"}
    if surname.endswith("ec"):
        return {f"{surname[:-2]}če", f"{surname[:-2]}ci"}
    if surname.endswith("ek"):
        return {f"{surname[:-2]}ku"}
    if surname.endswith("ěk"):
        return {f"{surname[:-3]}{softened}ku" for softened in ("ň", "ď", "ť") if surname[-3] in "ndt"}
    if surname.endswith("ch") or last in _BACK:
        return {f"{surname}u"}
    if surname.endswith("el"):
        return {f"{surname[:-2]}le", f"{surname}i", f"{surname}e"}
    if last == "r":
        return {f"{stem}ře", f"{surname}e"}
    if last in "slz":
        return {f"{surname}e", f"{surname}i"}
    if last in _SOFT:
        return {f"{surname}i"}
    return {f"{surname}e"} if last in _HARD else set()
