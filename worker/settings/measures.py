"""`measures.csv` and `measures-areas.csv`: the strategy's measures, as printed in its monitoring report."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from worker.errors import Fault, InvalidFiles
from worker.messages import say
from worker.positions import Faults, read_text, shortened
from worker.settings.faults import did_you_mean

FILE = "measures.csv"
AREAS_FILE = "measures-areas.csv"
HEADER = ("area", "number", "text", "indicator", "deadline", "responsible", "cooperating", "status", "status_date")
AREAS_HEADER = ("area", "name")

Status = Literal["splněno", "plněno", "částečně", "neplněno"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True)
class Measure:
    """One measure. Cells are as printed, also `???`, `---` and empty ones; a status is never shown without its date."""

    area: str
    number: int
    text: str
    indicator: str
    deadline: str
    responsible: str
    cooperating: str
    status: str
    status_date: dt.date

    @property
    def id(self) -> str:
        """`I/6`: its area and its number, by which people call it."""
        return f"{self.area}/{self.number}"

    @property
    def as_of(self) -> str:
        """`31. 12. 2023`, the day of its status."""
        return f"{self.status_date.day}. {self.status_date.month}. {self.status_date.year}"


def load_areas(config: Path) -> dict[str, str]:
    """The names of the areas by their Roman numeral, in the order written; InvalidFiles with every fault."""
    areas: dict[str, str] = {}
    faults = Faults()
    path = config / AREAS_FILE
    for line, row in _rows(path, AREAS_HEADER):
        if row[0] in areas:
            faults.add(Fault(str(path), line, 1, say("config.area_twice", value=shortened(row[0]))))
        areas[row[0]] = row[1]
    faults.refuse()
    return areas


def load_measures(config: Path) -> tuple[Measure, ...]:
    """The measures in the order written; InvalidFiles with every fault."""
    areas = load_areas(config)
    path = config / FILE
    measures: list[Measure] = []
    faults = Faults()
    seen: set[tuple[str, str]] = set()
    for line, row in _rows(path, HEADER):
        messages = list(cell_faults(row, areas))
        if (row[0], row[1]) in seen:
            messages.append(say("config.measure_twice", area=row[0], number=row[1]))
        seen.add((row[0], row[1]))
        faults.extend(Fault(str(path), line, 1, message) for message in messages)
        if not messages:
            measures.append(measure_of(row))
    faults.refuse()
    return tuple(measures)


def measure_of(row: list[str]) -> Measure:
    """The measure of a row's nine cells, in which `cell_faults` finds nothing."""
    area, number, text, indicator, deadline, responsible, cooperating, status, day = row
    as_day = dt.date.fromisoformat(day)
    return Measure(area, int(number), text, indicator, deadline, responsible, cooperating, status, as_day)


def cell_faults(row: list[str], areas: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the cells of a row, in sentences."""
    if row[0] not in areas:
        yield say("config.measure_area", value=shortened(row[0]), known=shortened(", ".join(areas)))
    if not (row[1].isascii() and row[1].isdigit()):
        yield say("config.measure_number", value=shortened(row[1]))
    if row[7] not in STATUSES:
        yield say("config.measure_status", value=shortened(row[7]), nearest=did_you_mean(row[7], STATUSES))
    try:
        dt.date.fromisoformat(row[8])
    except ValueError:
        yield say("config.measure_date", value=shortened(row[8]))


def _rows(path: Path, header: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it ends on; InvalidFiles when the header differs or a row is too long or short."""
    reader = csv.reader(read_text(path).splitlines(keepends=True), strict=True)
    try:
        if tuple(next(reader, ())) != header:
            raise InvalidFiles([Fault(str(path), 1, 1, say("config.csv_header", header=",".join(header)))])
        for row in reader:
            if row and len(row) != len(header):
                message = say("config.csv_columns", found=len(row), wanted=len(header))
                raise InvalidFiles([Fault(str(path), reader.line_num, 1, message)])
            if row:
                yield reader.line_num, row
    except csv.Error:
        raise InvalidFiles([Fault(str(path), reader.line_num, 1, say("config.csv_syntax"))]) from None
