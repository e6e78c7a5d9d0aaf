"""What whoever does a task by hand gets of what was sent in for it: all that the coordinator included, as written."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from worker.messages import office_language, say, speaking
from worker.office import Office
from worker.record import contributions
from worker.record.contributions import Chosen, Sent


def for_task(tx: Connection, office: Office, occurrence_id: str) -> str:
    """The included contributions as paragraphs of a mail; empty where there are none."""
    included = [each for each in contributions.of_occurrence(tx, occurrence_id) if each.chosen is Chosen.INCLUDED]
    with speaking(office_language()):
        said = [paragraph for each in included for paragraph in _paragraphs(office, each)]
        return "\n\n".join([say("contributions.for_task"), *said]) if said else ""


def _paragraphs(office: Office, sent: Sent) -> Iterator[str]:
    name = office.person_name(sent.person)
    yield say("contributions.for_task_from", name=f"{name}, {sent.signed}" if sent.signed else name)
    if sent.text:
        yield f"„{sent.text}“"
    if sent.photo is not None:
        photo = say("contributions.photo_is", description=sent.photo.description, author=sent.photo.author)
        yield f"{photo}. {say('contributions.photo_with_coordinator')}"
