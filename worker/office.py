"""The office a program works for: settings, people, lists, elections, projects, database, as they were read at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings import (
    Election,
    Feed,
    MailingList,
    Medium,
    Person,
    Project,
    Relay,
    Settings,
    closure,
    elections_near,
)
from worker.store.database import Database
from worker.template_folder import TemplateFolder
from worker.times import local_day

PROJECT = Path(__file__).resolve().parent.parent
TEMPLATES = PROJECT / "templates"
SHIPPED = TemplateFolder(TEMPLATES)


@dataclass(frozen=True)
class Office:
    """What every part above needs to know about where it works. Nothing in it changes; an edit makes another."""

    settings: Settings
    people: Mapping[str, Person]
    lists: Mapping[str, MailingList]
    relay: Relay
    database: Database
    elections: tuple[Election, ...] = ()
    projects: Mapping[str, Project] = field(default_factory=dict)
    templates: TemplateFolder = SHIPPED
    """The root of the templates that drafts are made with."""
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    media: Mapping[str, Medium] = field(default_factory=dict)

    def person(self, person_id: str) -> Person:
        """The person; HlasatelError for somebody who has left the configuration."""
        if person_id not in self.people:
            raise HlasatelError(say("config.person_gone", person=person_id))
        return self.people[person_id]

    def person_name(self, person_id: str | None) -> str:
        """The person's name for a page or a mail; the id itself for somebody who has left the configuration."""
        if person_id is None:
            return ""
        person = self.people.get(person_id)
        return person.name if person else person_id

    def list_name(self, list_id: str) -> str:
        """The list's name; the id itself of one that has left the configuration."""
        found = self.lists.get(list_id)
        return found.name if found else list_id

    def medium_name(self, medium_id: str) -> str:
        """The medium's name; the id itself of one that has left the configuration."""
        found = self.media.get(medium_id)
        return found.name if found else medium_id or say("publishing.in_charge_herself")

    def task_words(self, occurrence: Row[Any]) -> str:
        """What somebody who does it by hand is told: the row's words, and the funder that what she makes must name."""
        project = self.projects.get(occurrence.project or "")
        if project is None:
            return str(occurrence.about)
        return f"{occurrence.about} {say('approving.name_funder', sentence=project.sentence, number=project.number)}"

    def list_definitions(self, list_ids: Sequence[str], topics: Sequence[str] = ()) -> dict[str, dict[str, object]]:
        """The definitions an approval binds to: name, description and everything included, never the members.

        `topics` are those of the row: of a list that offers any they say for whom of its members it is.
        """
        for_whom = {"topics": sorted(topics)} if topics else {}
        return {
            list_id: {
                "name": self.lists[list_id].name,
                "description": self.lists[list_id].description,
                "includes": sorted(set(self.closure(list_id)) - {list_id}),
                **(for_whom if any(self.lists[each].topics for each in self.closure(list_id)) else {}),
            }
            for list_id in sorted(list_ids)
            if list_id in self.lists
        }

    def election_warnings(self, send_at: datetime) -> tuple[str, ...]:
        """What an approver should know when `send_at` (aware) is close to an election: a sentence for each."""
        return tuple(
            say("elections.for_approver", name=each.name, days=each.days())
            for each in elections_near(self.elections, local_day(send_at))
        )

    def closure(self, list_id: str) -> tuple[str, ...]:
        """The list itself and every list it includes, however deep."""
        return closure(self.lists, list_id)
