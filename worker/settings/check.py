"""Looks at all configuration files together, so that a person sees every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from worker.errors import Fault, HlasatelError, InvalidFiles
from worker.messages import say
from worker.positions import read_toml, read_yaml
from worker.settings import lists, load, media, people
from worker.settings.addresses import is_sample_address
from worker.settings.elections import load_elections
from worker.settings.entries import ids_written
from worker.settings.feeds import load_feeds
from worker.settings.indicators import load_indicators
from worker.settings.measures import load_areas, load_measures
from worker.settings.media import load_media
from worker.settings.model import Settings
from worker.settings.people import Person, load_people, person_fault
from worker.settings.projects import load_projects

Loaded = TypeVar("Loaded")


def check_config(settings: Settings) -> list[Fault]:
    """The faults of every file in the config folder of `settings`, sorted; empty if all is well."""
    return check_config_folder(settings.config)


def check_config_folder(config: Path) -> list[Fault]:
    """The same for a folder whose `settings.toml` may itself be faulty, so that there are no settings yet."""
    faults: set[Fault] = set()

    def collect(loader: Callable[[Path], Loaded]) -> Loaded | None:
        try:
            return loader(config)
        except InvalidFiles as error:
            faults.update(error.faults)
            return None

    file = collect(load.load_settings_file)
    collect(load_people)
    known = ids_written(config / people.FILE)
    mailing = collect(lists.load_lists)
    collect(load_elections)
    collect(load_projects)
    collect(load_feeds)
    channels = collect(load_media)
    collect(load_areas)
    collect(load_measures)
    collect(load_indicators)
    if known is not None and mailing is not None:
        document = read_yaml(config / lists.FILE)
        named = [((entry.id, "owner"), entry.owner) for entry in mailing.values()]
        faults.update(fault for where, who in named if (fault := person_fault(document, where, who, known)))
    if known is not None and channels:
        document = read_yaml(config / media.FILE)
        asked = [((entry.id, "person"), entry.person) for entry in channels.values() if entry.person is not None]
        faults.update(fault for where, who in asked if (fault := person_fault(document, where, who, known)))
    if known is not None and file is not None:
        document = read_toml(config / load.FILE)
        wanted: list[tuple[tuple[str, ...], str]] = [
            (("coordinator",), file.coordinator),
            (("facebook",), file.facebook),
        ]
        if file.administrator is not None:
            wanted.append((("administrator",), file.administrator))
        wanted += [(("mail", "kinds", kind, "reply_to"), mail.reply_to) for kind, mail in file.mail.kinds.items()]
        wanted += [
            (("sign_on", "people", user), who) for user, who in (file.sign_on.people if file.sign_on else {}).items()
        ]
        faults.update(fault for where, who in wanted if (fault := person_fault(document, where, who, known)))
    return sorted(faults)


def inbox_doubts(config: Path) -> list[str]:
    """What deserves a second look about the mailbox for answers, in sentences; the files must be sound."""
    inbox = load.load_settings_file(config).inbox
    if inbox is None:
        return []
    told = []
    if inbox.maildir is not None and not (inbox.maildir / "new").is_dir():
        told.append(say("inbox.no_maildir", maildir=inbox.maildir))
    own = {each for each in (inbox.address, inbox.bounce_address) if each is not None}
    people_by = [(each.email.casefold(), each.name) for each in load_people(config).values()]
    whose = [(address, name) for address in sorted(own) for email, name in people_by if email == address.casefold()]
    return [*told, *(say("inbox.somebodys", address=address, person=name) for address, name in whose)]


def known_ids(config: Path) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """The ids in `lists.yaml` and in `people.yaml`; None for a file so faulty that its ids are not known."""
    return ids_written(config / lists.FILE), ids_written(config / people.FILE)


def refuse_sample_addresses(settings: Settings, roles: Mapping[str, Person]) -> None:
    """HlasatelError while a role, a From or the data-protection officer has a sample address and the relay would carry
    mail off this machine.
    """
    if settings.relay.on_loopback:
        return
    if samples := [person.id for person in roles.values() if is_sample_address(person.email)]:
        raise HlasatelError(say("config.sample_people", people=", ".join(samples), relay=settings.relay.host))
    headings = [settings.mail.from_address, *(kind.from_address for kind in settings.mail.kinds.values())]
    if settings.inbox is not None:
        headings += [each for each in (settings.inbox.address, settings.inbox.bounce_address) if each is not None]
    if any(is_sample_address(address) for address in headings):
        raise HlasatelError(say("config.sample_from", relay=settings.relay.host))
    if is_sample_address(settings.organisation.data_protection_officer):
        raise HlasatelError(say("config.sample_officer", relay=settings.relay.host))
