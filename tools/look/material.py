"""What is looked at: every mail of the gallery, as a page and as a message, and every page there is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import requests

from tests.fixtures.gallery import gallery
from tests.fixtures.office import own_port
from worker.cli.wiring import open_office
from worker.demo.mailbox import Mailbox
from worker.drafting.headings import heading
from worker.drafting.letter import Letter
from worker.gallery.page import files
from worker.gallery.specimens import Specimen, specimens
from worker.office import Office
from worker.planning.current import plan_in_force
from worker.web.signed_in import COOKIE

READER = "jana.vzorna@posta.example.org"


@dataclass(frozen=True)
class Mail:
    """A kind's mail: `page` is its HTML with its pictures beside it, `message` what an inbox gets."""

    name: str
    page: Path
    message: bytes


def mails(folder: Path, plan: Path, now: datetime) -> Iterator[Mail]:
    """Writes the gallery of `plan` with the `config` beside it into `folder`; gives each mail."""
    for name, value in (("DATA", folder / "data"), ("PLAN", plan), ("CONFIG", plan.parent / "config")):
        os.environ[f"HLASATEL_{name}"] = str(value)
    office = open_office()
    with closing(office.database):
        with office.database.read() as tx:
            in_force = plan_in_force(tx, office)
        found = list(specimens(office, in_force, now))
        for path, content in files(office, found):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        for specimen in found:
            if specimen.draft is not None and specimen.draft.html:
                page = folder / specimen.kind.id / "mail.html"
                yield Mail(specimen.kind.id, page, _message(office, specimen, now))


def _message(office: Office, specimen: Specimen, now: datetime) -> bytes:
    """As it goes to one reader of the first list there is."""
    draft = specimen.draft
    assert draft is not None, "only drafts that were made are asked for"
    letter = Letter(
        office=office,
        occurrence_id=specimen.occurrence,
        heading=heading(office, specimen.kind.id),
        list_id=next(iter(office.lists)),
        subject=draft.subject,
        html=draft.html,
        text=draft.text,
        date=now,
        files=[file for file in draft.files if file.use != "offered"],
    )
    parts = letter.form().filled(READER, f"<look.{specimen.kind.id}@hlasatel.example.org>", "A" * 22, "")
    return b"".join(parts)


@contextmanager
def pages(folder: Path) -> Iterator[list[Path]]:
    """Every page in the states a visitor may find it in, written into `folder` as it is served."""
    (folder / "office").mkdir(parents=True)
    written = []
    with Mailbox(own_port()) as mailbox, gallery(folder / "office", mailbox.port) as shown:
        for name in shown.paths:
            answer = requests.get(shown.address(name), cookies={COOKIE: shown.session}, timeout=20)
            file = folder / f"{name.replace('/', '-')}.html"
            file.write_text(answer.text, encoding="utf-8")
            written.append(file)
        yield written
