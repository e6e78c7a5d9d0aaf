"""The parts of a row that say where its texts go beside the lists, and whether they are for everywhere (000:311)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.messages import say
from worker.plan.model import Vocabulary
from worker.plan.reading.fields import Fields
from worker.plan.words.nearest import suggestion


@dataclass(frozen=True)
class Spread:
    """Which media get its texts; as in `Activity`."""

    channels: tuple[str, ...] | None
    channels_left_out: Mapping[str, str] = field(default_factory=dict)
    stezejni: bool = False


def read_spread(row: Fields, vocabulary: Vocabulary, kinds: tuple[str, ...]) -> Spread:
    """What the row says, with a harmless value beside each recorded fault."""
    media = vocabulary.media
    channels = row.ids("channels", None if media is None else frozenset(media)) if row.has("channels") else None
    left_out = _left_out(row, vocabulary)
    stezejni = row.flag("stezejni")
    if media is not None:
        for each in channels or ():
            if each in media and not media[each].intersection(kinds):
                takes = ", ".join(sorted(media[each]))
                row.reject("channels", say("spread.takes_none", channel=each, takes=takes))
        missing = [each for each in media if not _is_listed(each, vocabulary, kinds, channels, left_out)]
        if stezejni and missing:
            row.reject("stezejni", say("spread.missing", channels=", ".join(missing)))
    for each in channels or ():
        if each in left_out:
            row.reject("channels_left_out", say("spread.both", channel=each))
    return Spread(channels, left_out, stezejni)


def _is_listed(
    medium: str,
    vocabulary: Vocabulary,
    kinds: tuple[str, ...],
    channels: tuple[str, ...] | None,
    left_out: Mapping[str, str],
) -> bool:
    """Whether a text of the row gets there, or the row says why not."""
    taken = bool((vocabulary.media or {})[medium].intersection(kinds))
    goes = medium not in vocabulary.only_named if channels is None else medium in channels
    return medium in left_out or (taken and goes)


def _left_out(row: Fields, vocabulary: Vocabulary) -> Mapping[str, str]:
    found = {}
    for name, node in row.entries("channels_left_out", "magazin-kraj"):
        known = vocabulary.media
        if known is not None and name.value not in known:
            hint = suggestion(name.value, known) if known else ""
            row.reject_at(name, say("plan.unknown_channels", value=name.value, hint=hint))
            continue
        why = row.parse_node(node, "channels_left_out", str)
        if why is None or len(why.strip()) < 3:
            row.reject_at(name, say("spread.no_reason", channel=name.value))
            continue
        found[name.value] = why.strip()
    return found
