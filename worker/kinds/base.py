"""What a kind is: one form of communication, its fields, its templates and its lint.

The base owns what holds for every kind (required parts, unusual characters); a kind adds only what is its own. A new
kind is one new file here and one folder of templates.
"""

from __future__ import annotations

import unicodedata
from abc import ABC
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Literal

from worker.messages import say

Material = Mapping[str, Any]
"""Frozen JSON of one draft: `organisation`, `contact`, `occurrence`, `activity` and `sources` (source id → JSON)."""

_PLAIN_WHITESPACE = "\n\t"
_USUAL_FORMAT = "\u00ad"  # a soft hyphen is typography; every other format character hides or turns text


@dataclass(frozen=True)
class Field:
    """One part of a draft that a person may edit; `label_key` is its Czech name in the message catalogue."""

    id: str
    label_key: str
    multiline: bool = True
    markdown: bool = False
    required: bool = True


@dataclass(frozen=True)
class Finding:
    """One remark of the lint, shown to the approver; an `error` means that the draft is incomplete."""

    level: Literal["error", "warning"]
    code: str
    message: str


class Kind(ABC):
    """A form of communication. `templates` is its folder under the templates' root, with `/` between parts."""

    id: ClassVar[str]
    label_key: ClassVar[str]
    channel: ClassVar[Literal["email", "handoff"]]
    sources: ClassVar[tuple[str, ...]]
    fields: ClassVar[tuple[Field, ...]]
    templates: ClassVar[str]
    max_lateness: ClassVar[timedelta]
    resend_after_crash: ClassVar[bool] = False
    has_html: ClassVar[bool] = True

    def lint(self, fields: Mapping[str, str], material: Material) -> tuple[Finding, ...]:
        """Every remark on `fields` (id → text), errors first; never raises for what a person may have typed."""
        findings = [*_missing(self.fields, fields), *_unusual(self.fields, fields), *self.advise(fields, material)]
        return tuple(sorted(findings, key=lambda finding: finding.level))

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """The remarks that only this kind makes."""
        yield from ()


def _missing(defined: tuple[Field, ...], fields: Mapping[str, str]) -> Iterator[Finding]:
    for field in defined:
        if field.required and not fields.get(field.id, "").strip():
            yield Finding("error", f"missing-{field.id}", say("drafting.missing_part", part=say(field.label_key)))


def _unusual(defined: tuple[Field, ...], fields: Mapping[str, str]) -> Iterator[Finding]:
    for field in defined:
        strange = sorted({char for char in fields.get(field.id, "") if is_unusual(char)})
        if strange:
            names = ", ".join(f"U+{ord(char):04X}" for char in strange)
            message = say("drafting.unusual_characters", part=say(field.label_key), characters=names)
            yield Finding("warning", f"unusual-{field.id}", message)


def is_unusual(char: str) -> bool:
    """Whether a reader cannot see `char` for what it is: controls, direction overrides, private use, unassigned."""
    return char not in _PLAIN_WHITESPACE + _USUAL_FORMAT and unicodedata.category(char) in {
        "Cc",
        "Cf",
        "Co",
        "Cs",
        "Cn",
    }


def stale_measures(material: Material) -> Iterator[Finding]:
    """A warning when the measures' state was over 12 months old at the time of drafting."""
    measures = material["sources"].get("measures", {})
    if measures.get("older_than_a_year"):
        state = date.fromisoformat(measures["state"])
        written = f"{state.day}. {state.month}. {state.year}"
        yield Finding("warning", "measures-old", say("drafting.measures_old", state=written))
