"""New states of measures from a CSV file into `measures.csv`: all of it or, with any fault, nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from worker.errors import Fault, InvalidFiles
from worker.messages import say
from worker.positions import Faults, read_text, shortened
from worker.settings.measures import FILE, HEADER, Measure, cell_faults, load_areas, load_measures, measure_of

WANTED = ("area", "number", "status", "status_date")


@dataclass(frozen=True)
class Update:
    """The measures as they would be; `changed` are those with another cell, each before and after, in their order."""

    measures: tuple[Measure, ...]
    changed: tuple[tuple[Measure, Measure], ...]
    same: int
    """Rows of the file that change nothing."""


def as_csv(measures: Iterable[Measure]) -> str:
    """The text of a `measures.csv` of these, with line feeds."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(HEADER)
    for each in measures:
        writer.writerow([str(getattr(each, name)) for name in HEADER])
    return written.getvalue()


def update_of(config: Path, file: Path) -> Update:
    """What `file` changes. It has the columns `WANTED`, and may have the others of `measures.csv`; an empty cell of
    those leaves what is there. InvalidFiles with every fault of either file.
    """
    known = {each.id: each for each in load_measures(config)}
    areas, faults = load_areas(config), Faults()
    new: dict[str, Measure] = {}
    for line, cells in _rows(file):
        messages = []
        id_ = f"{cells['area']}/{cells['number']}"
        before = known.get(id_)
        if before is None:
            messages.append(say("measures.import_unknown", id=shortened(id_)))
        elif id_ in new:
            messages.append(say("measures.import_twice", id=id_))
        else:
            row = [cells.get(name) or str(getattr(before, name)) for name in HEADER]
            row[7:] = cells["status"], cells["status_date"]
            messages += cell_faults(row, areas)
            if not messages and (day := dt.date.fromisoformat(cells["status_date"])) < before.status_date:
                messages.append(say("measures.import_older", id=id_, known=before.status_date, found=day))
            if not messages:
                new[id_] = measure_of(row)
        faults.extend(Fault(str(file), line, 1, message) for message in messages)
    faults.refuse()
    changed = tuple((known[id_], after) for id_, after in new.items() if known[id_] != after)
    return Update(tuple(new.get(id_, each) for id_, each in known.items()), changed, len(new) - len(changed))


def write(config: Path, measures: Sequence[Measure]) -> None:
    """Put them in the place of `measures.csv` at once, so that nobody reads a half of it; OSError when it cannot be.

    Its rights and its owner stay: an administrator may do this for a worker who must go on reading it.
    """
    path = config / FILE
    before = path.stat()
    with tempfile.NamedTemporaryFile("w", dir=config, encoding="utf-8", newline="", delete=False) as out:
        try:
            out.write(as_csv(measures))
            out.flush()
            os.fsync(out.fileno())
            os.chmod(out.name, before.st_mode & 0o777)
            with suppress(PermissionError):  # nobody but root gives a file away, and who may not need not
                os.chown(out.name, before.st_uid, before.st_gid)
            os.replace(out.name, path)
        except OSError:
            os.unlink(out.name)
            raise


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line it ends on, its cells under their columns; InvalidFiles for what is no such CSV."""
    text = read_text(file)
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if not set(WANTED) <= set(header) <= set(HEADER) or len(header) != len(set(header)):
            message = say("measures.import_header", found=shortened(", ".join(header)))
            raise InvalidFiles([Fault(str(file), 1, 1, message)])
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                message = say("measures.import_cells", found=len(cells), wanted=len(header))
                raise InvalidFiles([Fault(str(file), reader.line_num, 1, message)])
            yield reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    except csv.Error:
        raise InvalidFiles([Fault(str(file), reader.line_num, 1, say("config.csv_syntax"))]) from None
