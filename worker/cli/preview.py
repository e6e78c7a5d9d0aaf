"""`hlasatel preview`: an occurrence's drafts as files, without asking, storing or sending anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from sqlalchemy import select

from worker.cli.wiring import NowOption, OccurrenceArgument, make_clock, open_office
from worker.drafting import packages
from worker.drafting.files import File, with_images
from worker.drafting.gather import draft_package
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.plan.occurrences import occurrences as occurrences_of
from worker.plan.words.nearest import suggestion
from worker.planning.current import plan_in_force
from worker.positions import reason_of
from worker.store.tables import occurrences
from worker.times import Clock

app = typer.Typer(add_completion=False, help=say("cli.preview_help"))


class Text(NamedTuple):
    """What is written of one draft."""

    kind: str
    subject: str
    html: str
    text: str
    files: tuple[File, ...]


@app.command(help=say("cli.preview_help"))
def preview(
    occurrence: OccurrenceArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=say("cli.out_help"))] = Path("preview"),
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    texts = _kept(office, occurrence) or _drafted(office, occurrence, clock)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for text in texts:
            for name, content in _files(text):
                (out / name).write_bytes(content)
                print(out / name)
    except OSError as error:
        raise HlasatelError(say("cli.cannot_write", place=out, why=reason_of(error))) from None


def _files(text: Text) -> list[tuple[str, bytes]]:
    """The texts as a reader gets them and every file beside them; the HTML shows its pictures from there."""

    def filled(content: str, *, html: bool) -> str:
        return fill(content, greeting=NEUTRAL_GREETING, unsubscribe="about:blank", html=html)

    plain = f"{say('web.subject')}: {text.subject}\n\n{filled(text.text, html=False)}"
    texts = {f"{text.kind}.txt": plain}
    if text.html:
        texts[f"{text.kind}.html"] = with_images(filled(text.html, html=True), lambda name: name)
    enclosed = [(file.name, file.content) for file in text.files]
    return [*((name, content.encode()) for name, content in texts.items()), *enclosed]


def _kept(office: Office, occurrence: str) -> list[Text]:
    """The newest version that was drafted already."""
    with office.database.read() as tx:
        package = packages.latest(tx, occurrence)
        rows = packages.drafts_of(tx, package.id) if package else []
        return [Text(row.kind, row.subject, row.html, row.text, packages.load_files(tx, row)) for row in rows]


def _drafted(office: Office, wanted: str, clock: Clock) -> list[Text]:
    with office.database.read() as tx:
        plan = plan_in_force(tx, office)
    planned = occurrences_of(plan)
    found = next((each for each in planned if each.id == wanted), None)
    if found is None:
        hint = suggestion(wanted, [each.id for each in planned])
        raise HlasatelError(say("cli.no_occurrence", occurrence=wanted, hint=hint))
    if not found.kinds:
        raise HlasatelError(say("cli.task_has_no_draft", occurrence=wanted))
    with office.database.read() as tx:
        send_at = tx.execute(select(occurrences.c.send_at).where(occurrences.c.id == wanted)).scalar()
    rendered = draft_package(office, plan, planned, replace(found, send_at=send_at or found.send_at), clock.now())
    return [Text(each.kind, each.subject, each.html, each.text, each.files) for each in rendered]
