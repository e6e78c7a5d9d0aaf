"""Where approved texts go beside the mailing lists: the media of `channels.yaml`, as a package binds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row

from worker.channels import all_channels
from worker.channels.base import Options
from worker.errors import Fault, InvalidFiles
from worker.kinds import all_kinds, find
from worker.messages import say
from worker.office import Office
from worker.positions import Document, Faults, read_yaml
from worker.settings import Medium, load_media
from worker.settings.faults import did_you_mean, faults_of
from worker.settings.media import FILE

ARCHIVE = "archive"


def media_of(office: Office, kind_id: str, occurrence: Row[Any]) -> tuple[Medium, ...]:
    """The media that take this kind of text, in the order of the file, save those that its row leaves out.

    None for a text of a single body's own.
    """
    left_out, named = occurrence.channels_left_out, occurrence.channels
    taking = (each for each in office.media.values() if kind_id in each.takes and each.id not in left_out)
    return tuple(each for each in taking if (not each.only_named if named is None else each.id in named))


def places(office: Office, occurrence: Row[Any], kinds: Iterable[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Kind → medium's id → name, channel, person and options, as an approval binds to them; without empty kinds."""
    found = {kind: {each.id: _bound(each) for each in media_of(office, kind, occurrence)} for kind in kinds}
    return {kind: media for kind, media in found.items() if media}


def options_of(medium: Medium) -> Options:
    """What the file says of it, as its channel reads that; the file was found sound before."""
    return all_channels()[medium.channel].options.model_validate(dict(medium.options))


def refuse_unusable(media: Mapping[str, Medium], config: Path) -> None:
    """InvalidFiles for what no channel or kind can do anything with."""
    if media:
        faults = Faults()
        faults.extend(unusable(media, read_yaml(config / FILE)))
        faults.refuse()


def faults_on_file(config: Path) -> list[Fault]:
    """The same as faults, for a folder whose file may be one that cannot be read: of that others tell."""
    try:
        refuse_unusable(load_media(config), config)
    except InvalidFiles as error:
        return list(error.faults)
    return []


def unusable(media: Mapping[str, Medium], document: Document) -> Iterator[Fault]:
    """A fault for each channel, kind, person or option of `channels.yaml` that cannot be used."""
    channels, kinds = all_channels(), all_kinds()
    for medium in media.values():
        channel = channels.get(medium.channel)
        if channel is None:
            nearest = did_you_mean(medium.channel, channels)
            message = say("publishing.unknown_channel", value=medium.channel, known=", ".join(channels)) + nearest
            yield document.fault((medium.id, "channel"), message)
            continue
        for index, kind in enumerate(medium.takes):
            if kind not in kinds:
                message = say("publishing.unknown_kind", value=kind) + did_you_mean(kind, kinds)
                yield document.fault((medium.id, "takes", index), message)
            elif medium.channel == ARCHIVE and not kinds[kind].public:
                yield document.fault((medium.id, "takes", index), say("publishing.not_public", kind=kind))
            elif channel.posts and not kinds[kind].posts({}):
                known = ", ".join(each for each in kinds if kinds[each].posts({}))
                yield document.fault((medium.id, "takes", index), say("publishing.posts_only", kind=kind, known=known))
        if channel.needs_person and medium.person is None:
            yield document.fault((medium.id,), say("publishing.person_needed"), at_key=True)
        try:
            channel.options.model_validate(dict(medium.options))
        except ValidationError as error:
            yield from faults_of(error, channel.options, document, (medium.id, "options"))


def handed_by(kind_id: str) -> bool:
    """Whether a person publishes it where no medium takes it."""
    kind = find(kind_id)
    return kind is None or kind.channel != "email"


def _bound(medium: Medium) -> dict[str, Any]:
    bound: dict[str, Any] = {"name": medium.name, "channel": medium.channel}
    if medium.person is not None:
        bound["person"] = medium.person
    if medium.options:
        bound["options"] = {key: _plain(value) for key, value in medium.options.items()}
    return bound


def _plain(value: str | int | bool | Sequence[str]) -> Any:
    return value if isinstance(value, str | int | bool) else list(value)
