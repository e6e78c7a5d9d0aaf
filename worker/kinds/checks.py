"""The remarks of the lint that hold for every kind, and those that several kinds make.

Each takes the parts' texts (id → text) and gives what the approver is shown; none raises for what a person typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from worker.kinds.parts import EMBARGO, TRANSLATION, Field, Finding, Material, source_digest
from worker.messages import say
from worker.plain import remarks
from worker.times import is_working_day, local_day
from worker.typed import day_in, hour_in, is_web_address, moment_in

MISSING = "missing-"
"""How the code of the finding begins that a part is missing; its field follows."""
NO_FUNDER = "no-funder"
"""Code of the finding that a text does not name the funder it must name."""
_IN_ANY_LANGUAGE = ("look-alike-", "link-elsewhere-")
"""How the codes of those remarks on plain writing begin that do not go by Czech."""
_PLAIN_WHITESPACE = "\n\t"
_MONTHS = (
    "led(?:en|n)", "únor", "břez", "dub", "květ", "červ(?:en\\b|n)", "červen(?:ec|c)", "srp", "zář", "říj", "listopad",
    "prosin",
)  # fmt: skip
"""How the months begin in all cases."""
_MEASURES = "opatření"  # the same in every case but the instrumental plural, which begins alike
_USUAL_FORMAT = "\u00ad"  # a soft hyphen is typography; every other format character hides or turns text


def of_translation(kind_id: str, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
    """That a translation which somebody was asked for is not there, or that what it says may have changed since."""
    asked = material.get("sources", {}).get(TRANSLATION, {})
    text = fields.get(TRANSLATION, "").strip()
    if asked.get("kind") != kind_id:
        return
    if not text:
        yield Finding("warning", "left-out-translation", say("translations.left_out"))
    elif text == asked["text"] and asked["of"] != source_digest(fields):
        yield Finding("warning", "translation-former", say("translations.former"))


def missing(defined: tuple[Field, ...], fields: Mapping[str, str]) -> Iterator[Finding]:
    """An error per part that must be there and is empty."""
    for field in defined:
        if field.required and not fields.get(field.id, "").strip():
            yield Finding("error", MISSING + field.id, say("drafting.missing_part", part=say(field.label_key)))


def unreadable(defined: tuple[Field, ...], fields: Mapping[str, str]) -> Iterator[Finding]:
    """An error per part that is filled and cannot be read as what its form says."""
    for field in defined:
        text = fields.get(field.id, "").strip()
        if text and not _is_readable(field.form, text):
            message = say(f"occasions.unreadable_{field.form}", part=say(field.label_key), value=text[:80])
            yield Finding("error", f"unreadable-{field.id}", message)


def _is_readable(form: str, text: str) -> bool:
    match form:
        case "date":
            return day_in(text) is not None
        case "time":
            return hour_in(text) is not None
        case "moment":
            return moment_in(text) is not None
        case "url":
            return is_web_address(text)
        case _:
            return True


def unusual(defined: tuple[Field, ...], fields: Mapping[str, str]) -> Iterator[Finding]:
    """A warning per part with characters that no reader sees for what they are."""
    for field in defined:
        strange = sorted({char for char in fields.get(field.id, "") if is_unusual(char)})
        if strange:
            names = ", ".join(f"U+{ord(char):04X}" for char in strange)
            message = say("drafting.unusual_characters", part=say(field.label_key), characters=names)
            yield Finding("warning", f"unusual-{field.id}", message)


def hard_to_read(defined: tuple[Field, ...], fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
    """What a reader from outside would stumble over; the office's own standing words are not judged."""
    texts = {field.id: (say(field.label_key), fields.get(field.id, "")) for field in defined if field.lang == "cs"}
    foreign = {field.id: (say(field.label_key), fields.get(field.id, "")) for field in defined if field.lang != "cs"}
    for code, message in remarks(foreign, ()):
        if code.startswith(_IN_ANY_LANGUAGE):
            yield Finding("warning", code, message)
    for code, message in remarks(texts, [material.get(name) for name in ("organisation", "contact", "project")]):
        yield Finding("warning", code, message)


def without_funder(fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
    """An error when the text of a funded project does not name its funder and number."""
    project = material.get("project")
    if project and not names_funder(fields.values(), project["sentence"], project["number"]):
        values = {name: project[name] for name in ("sentence", "number")}
        yield Finding("error", NO_FUNDER, say("drafting.no_funder", **values))


def names_funder(texts: Iterable[str], sentence: str, number: str) -> bool:
    """Whether `texts` say the funder's sentence and the project's number, however they are set and broken."""
    said = _bare("\n".join(texts))
    return _bare(sentence) in said and _bare(number) in said


def _bare(text: str) -> str:
    """The letters, digits and stops alone: spaces, quotes, dashes and marks of emphasis change with the setting."""
    return re.sub(r"[^\w.,:;/()]|_", "", text.casefold())


def former_days(defined: tuple[Field, ...], fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
    """A warning per part that may still name a day the sending was moved from; a person's words are never replaced."""
    occurrence = material.get("occurrence", {})
    for field in defined:
        for former in map(date.fromisoformat, occurrence.get("moved_from", ())):
            if names_day(fields.get(field.id, ""), former):
                values = {"old": _in_digits(former), "new": _in_digits(date.fromisoformat(occurrence["day"]))}
                message = say("drafting.former_day", part=say(field.label_key), **values)
                yield Finding("warning", f"former-day-{field.id}", message)


def over_before_it_is_sent(fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
    """An embargo that holds nothing back, because its day is over when the text goes out."""
    embargo, day = moment_in(fields.get(EMBARGO, "")), material.get("occurrence", {}).get("day")
    if embargo is not None and day is not None and local_day(embargo) < date.fromisoformat(day):
        yield Finding("warning", "embargo-over", say("archive.embargo_over"))


def names_day(text: str, day: date) -> bool:
    """Whether Czech `text` names `day`: `8. prosince [2026]`, `8. 12. [2026]` or `2026-12-08`; not a day of another
    year.
    """
    month = rf"(?:0?{day.month}\.|{_MONTHS[day.month - 1]}\w*\b)"
    other_year = rf"(?!\s*(?!{day.year})(?:19|20)\d\d(?!\d))"
    found = rf"(?<!\d)0?{day.day}\.\s*{month}{other_year}|(?<!\d){day.isoformat()}(?!\d)"
    return re.search(found, text, re.IGNORECASE) is not None


def is_unusual(char: str) -> bool:
    """Whether a reader cannot see `char` for what it is: controls, direction overrides, private use, unassigned."""
    return char not in _PLAIN_WHITESPACE + _USUAL_FORMAT and unicodedata.category(char) in {
        "Cc",
        "Cf",
        "Co",
        "Cs",
        "Cn",
    }


def not_contributed(fields: Mapping[str, str], material: Material, part: str = "contributions") -> Iterator[Finding]:
    """Why the `part` that takes them up has none, how many wait for a choice, and how many found no room."""
    found = material["sources"].get("contributions", {})
    if found.get("reason") and not fields.get(part, "").strip():
        message = say("drafting.left_out", part=say("contributions.field"), reason=say(found["reason"]))
        yield Finding("warning", "left-out-contributions", message)
    for name in ("waiting", "beyond"):
        if found.get(name):
            yield Finding("warning", f"contributions-{name}", say(f"contributions.finding_{name}", number=found[name]))


def stale_measures(fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
    """A warning when measures a text speaks of were evaluated over 12 months before it was drafted."""
    measures = material["sources"].get("measures", {})
    if measures.get("older_than_a_year") and any(_MEASURES in text.casefold() for text in fields.values()):
        key = "measures_old" if measures["state_from"] == measures["state"] else "measures_old_some"
        oldest = _in_digits(date.fromisoformat(measures["state_from"]))
        yield Finding("warning", "measures-old", say(f"drafting.{key}", state=oldest))


def badly_dated(fields: Mapping[str, str], material: Material, field: str) -> Iterator[Finding]:
    """A warning when the day in `field` is over before the text goes out, or no working day."""
    named = day_in(fields.get(field, ""))
    sent = material.get("occurrence", {}).get("day")
    if named is None or sent is None:
        return
    if named <= date.fromisoformat(sent):
        values = {"day": _in_digits(named), "sent": _in_digits(date.fromisoformat(sent))}
        yield Finding("warning", f"too-late-{field}", say("occasions.too_late", **values))
    elif not is_working_day(named):
        yield Finding("warning", f"day-off-{field}", say("occasions.day_off", day=_in_digits(named)))


def _in_digits(day: date) -> str:
    return f"{day.day}. {day.month}. {day.year}"
