"""What an import says: how it understood the file, what became of its rows, and which of them deserve a look."""

from __future__ import annotations

import json
from collections.abc import Iterator

from worker.audience.importing.fates import Fate
from worker.audience.importing.reading import Read
from worker.audience.importing.spool import Told, What
from worker.audience.importing.taking import Account
from worker.messages import say


def understood(found: Read) -> list[str]:
    """How the file was read, a sentence each: encoding or sheet, what the columns are, which of them are not taken."""
    columns = found.headings.columns
    named = ", ".join(
        f"{say(f'importing.field_{field}')} „{found.headings.title(columns[field])}“" for field in columns
    )
    lines = [
        say("importing.encoding" if found.encoding else "importing.sheet", encoding=found.encoding, sheet=found.sheet),
        say("importing.columns", columns=named),
    ]  # fmt: skip
    if found.headings.ignored:
        lines.append(say("importing.ignored", columns=", ".join(f"„{each}“" for each in found.headings.ignored)))
    return lines


def summary(found: Read, account: Account) -> list[str]:
    """Numbers that are not nothing, beside those of the rows added, present, repeated and refused."""
    numbers = {
        "before": account.before,
        "changed": account.fates[Fate.CHANGED],
        "suppressed": account.fates[Fate.SUPPRESSED],
        "left": account.fates[Fate.LEFT],
        "own": found.spool.count(What.OWN),
        "role": found.spool.count(What.ROLE),
    }
    return [say(f"importing.number_{name}", number=number) for name, number in numbers.items() if number]


def sentence(told: Told) -> str:
    """What is told of a row, with its address where the sentence does not name it."""
    if told.what is What.REFUSED:
        return told.why
    if told.what is What.REPEATED:
        return f"{told.address}: {say('importing.repeated', first=told.why)}"
    return f"{told.address}: {told.why or say(f'importing.is_{told.what}')}"


def as_json(found: Read, account: Account, *, preview: bool) -> Iterator[str]:
    """One object with everything, in pieces: the rows in it may be many."""
    head = {
        "list": found.list_id,
        "file": str(found.file),
        "preview": preview,
        "encoding": found.encoding or None,
        "sheet": found.sheet or None,
        "columns": {field: found.headings.title(column) for field, column in found.headings.columns.items()},
        "ignored": list(found.headings.ignored),
        "counts": {fate: account.fates[fate] for fate in Fate}
        | {"repeated": account.repeated, "refused": account.refused, "before": account.before, "rows": account.rows},
    }
    yield f"{json.dumps(head, ensure_ascii=False, indent=1)[:-2]},\n"
    yield ' "rows": ['
    between = "\n"
    for told in (each for what in What for each in found.spool.told(what)):
        row = {
            "row": told.number, "column": told.column or None, "heading": found.column(told) or None,
            "what": told.what, "address": told.address, "why": told.why or None,
        }  # fmt: skip
        yield f"{between}  {json.dumps(row, ensure_ascii=False)}"
        between = ",\n"
    yield "\n ]\n}\n"
