"""Taking in a table that an office keeps elsewhere: every row of it or none, or only to see what would become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Protocol, TypeVar

import typer
from sqlalchemy import Connection

from worker.errors import HlasatelError, InvalidFiles
from worker.messages import say
from worker.office import Office

PreviewOption = Annotated[bool, typer.Option("--preview", help=say("past.preview_help"))]


class Told(Protocol):
    """A row that says in a sentence what became of it."""

    def told(self) -> str: ...


Row = TypeVar("Row", bound=Told)


def taken_in(office: Office, take_in: Callable[[Connection], Sequence[Row]], *, preview: bool) -> Sequence[Row]:
    """The rows that `take_in` gives, each of them told; HlasatelError with every faulty one, and nothing is kept.

    With `preview` nothing is kept either.
    """
    try:
        with office.database.write() as tx:
            attempt = tx.begin_nested()
            rows = take_in(tx)
            if preview:
                attempt.rollback()
    except InvalidFiles as error:
        raise HlasatelError(f"{error}\n{say('columns.refused')}") from None
    for row in rows:
        print(row.told())
    return rows
