"""Who is handed an approved text that no machine sends, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from worker.channels import all_channels
from worker.drafting.places import handed_by, media_of
from worker.kinds import find, kind_name
from worker.kinds.lengths import characters
from worker.messages import say
from worker.office import Office
from worker.record import embargoes
from worker.settings import Medium


def publisher(office: Office, kind_id: str, in_charge: str) -> str:
    """Id of the person who publishes it: the page's own administrator for a Facebook text, else who is `in_charge`.

    A kind that is no longer built in goes to whoever is in charge too.
    """
    kind = find(kind_id)
    return office.settings.facebook if kind is not None and kind.handed_to == "facebook" else in_charge


def by_hand(office: Office, kind_id: str, occurrence: Row[Any]) -> str:
    """Who does what with it, in words that go on a sentence: `beze změn zveřejní Správce facebookové stránky.`

    Where media take it, each of them with who publishes there, or that it gets there by itself.
    """
    media = media_of(office, kind_id, occurrence)
    if not media:
        return _by(office, kind_id, publisher(office, kind_id, occurrence.in_charge)) if handed_by(kind_id) else ""
    told: dict[str, list[str]] = {}
    for medium in media:
        words = _by_itself(kind_id, medium) if medium.person is None else _by(office, kind_id, medium.person)
        told.setdefault(words, []).append(medium.name)
    return " ".join(f"{', '.join(names)} – {words}" for words, names in told.items())


def _by_itself(kind_id: str, medium: Medium) -> str:
    in_parts = all_channels()[medium.channel].posts and purpose(kind_id) == "serial"
    return say("publishing.by_itself_in_parts" if in_parts else "publishing.by_itself")


def _by(office: Office, kind_id: str, person: str) -> str:
    return say(f"handoff.{purpose(kind_id)}_by", person=office.person_name(person))


def handing(office: Office, kind_id: str, fields: Mapping[str, str], occurrence: Row[Any]) -> str:
    """The same as sentences of its own, with its embargo, and how long it is where somebody counts that."""
    told, end = by_hand(office, kind_id, occurrence), embargoes.of([fields])
    held = say("handoff.embargo", until=embargoes.in_words(end)) if end is not None else ""
    return " ".join(filter(None, (f"{told[:1].upper()}{told[1:]}", held, length(kind_id, fields))))


def handing_words(kind_id: str) -> dict[str, str]:
    """What the mail that brings it says of it: `heading` begins its subject, `please` its first sentence."""
    what = purpose(kind_id)
    return {"heading": say(f"handoff.{what}_heading"), "please": say(f"handoff.{what}_please")}


def length(kind_id: str, fields: Mapping[str, str]) -> str:
    """How many characters it has, in a sentence; empty for a kind whose characters nobody counts."""
    kind = find(kind_id)
    number = characters(kind, fields) if kind is not None else 0
    return say("handoff.length", number=number) if number else ""


def purpose(kind_id: str) -> str:
    """What is done with it, as `Kind.handed_for`."""
    kind = find(kind_id)
    return kind.handed_for if kind is not None else "publish"


def name_of(office: Office, kind_id: str) -> str:
    """What people call a kind, one for a single body by that body's name."""
    kind = find(kind_id)
    return kind_name(kind_id, office.person_name(kind.body) if kind is not None and kind.body else "")
