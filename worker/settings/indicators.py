"""`indicators.yaml`: the indicators that the plan answers for, and what is counted for each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from worker.errors import InvalidFiles
from worker.messages import say
from worker.positions import Faults, read_yaml
from worker.settings.entries import has_entries, read_entries
from worker.settings.faults import Id, Line, Strict, did_you_mean
from worker.settings.measures import Measure, load_measures

FILE = "indicators.yaml"
Publisher = Literal["region", "municipality", "other"]
"""The office itself, a municipality, or somebody else (a newsroom, an association)."""

_MeasureId = Annotated[str, StringConstraints(pattern=r"^[IVXLC]+/[0-9]+$", max_length=20)]


class IndicatorEntry(Strict):
    """One indicator. With a `measure` its words are those of `measures.csv`; without one it has a `name`.

    Counted are the occurrences of `activities` that were done, the `articles` by whom they were published, and, with
    `by_hand`, what the coordinator enters. `counted` says so to readers, `not_known` what that leaves out.
    """

    id: Id
    measure: _MeasureId | None = None
    name: Line | None = None
    place: Line
    counted: Line
    not_known: Line | None = None
    activities: tuple[Id, ...] = Field(default=(), strict=False)
    articles: tuple[Publisher, ...] = Field(default=(), strict=False)
    by_hand: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.measure is None) == (self.name is None):
            raise ValueError(say("indicators.measure_or_name"))
        if not (self.activities or self.articles or self.by_hand):
            raise ValueError(say("indicators.counts_nothing"))
        return self

    @property
    def called(self) -> str:
        """What people call it: `XIII/1`."""
        return self.measure or self.id


def load_indicators(config: Path) -> dict[str, IndicatorEntry]:
    """The indicators by what people call them, in the order written; none without the file. InvalidFiles."""
    path = config / FILE
    if not has_entries(path):
        return {}
    document, faults = read_yaml(path), Faults()
    found = read_entries(document, IndicatorEntry, faults)
    measures = known_measures(config)
    called: dict[str, IndicatorEntry] = {}
    for entry in found.values():
        if entry.measure is not None and measures is not None and entry.measure not in measures:
            nearest = did_you_mean(entry.measure, measures)
            faults.add(
                document.fault((entry.id, "measure"), say("indicators.no_measure", value=entry.measure) + nearest)
            )
        if entry.called in called:
            faults.add(document.fault((entry.id,), say("indicators.twice", value=entry.called), at_key=True))
        called[entry.called] = entry
    faults.refuse()
    return called


def known_measures(config: Path) -> dict[str, Measure] | None:
    """The measures by id; None when the file has faults, which are told elsewhere."""
    try:
        return {each.id: each for each in load_measures(config)}
    except InvalidFiles:
        return None


def indicator_doubts(indicators: Mapping[str, IndicatorEntry], rows: Collection[str]) -> list[str]:
    """Which of `rows`, the ids of the plan's activities, an indicator counts that are not there, in sentences.

    No fault: the plan may lose a row while the configuration is not touched, and the report says what it left out.
    """
    return [
        say("indicators.counts_no_row", indicator=called, activity=activity) + did_you_mean(activity, rows)
        for called, entry in indicators.items()
        for activity in entry.activities
        if activity not in rows
    ]
