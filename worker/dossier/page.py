"""The dossier as one HTML file: nothing else is needed to read, to print or to check it, and nothing in it runs."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection

from worker import __version__
from worker.dossier.contents import contents
from worker.drafting.typography import keep_together
from worker.messages import language, office_language, say, speaking
from worker.office import TEMPLATES, Office
from worker.times import format_day, format_instant, to_the_second

CHECK = """\
import hashlib, html, re, sys
dossier = open(sys.argv[1], encoding="utf-8", newline="").read()
for digest, exact in re.findall(r'<pre data-sha256="([0-9a-f]{64})">(.*?)</pre>', dossier, re.DOTALL):
    found = hashlib.sha256(html.unescape(exact).encode("utf-8")).hexdigest()
    print(digest, "OK" if found == digest else "DIFFERENT")
"""
"""A whole Python program that recomputes every digest a dossier states; it stands in the dossier itself."""


def dossier(tx: Connection, office: Office, occurrence_id: str, now: datetime) -> str | None:
    """The file of one occurrence, in the office's language; None for one that the database does not know."""
    with speaking(office_language()):
        found = contents(tx, office, occurrence_id)
        if found is None:
            return None
        return (
            _environment()
            .get_template("dossier/dossier.html")
            .render(
                dossier=found,
                organisation=office.settings.organisation,
                coordinator=office.person_name(office.settings.coordinator),
                person=office.person_name,
                now=now,
                program=__version__,
                check=CHECK,
                lang=language(),
            )
        )


def file_name(occurrence_id: str) -> str:
    """What the file is called: the id without what a file's name cannot hold."""
    return f"spis-{occurrence_id.replace('/', '-')}.html"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["say"] = _say
    environment.filters["day"] = format_day
    environment.filters["instant"] = format_instant
    environment.filters["to_the_second"] = to_the_second
    environment.filters["typeset"] = keep_together
    return environment


def _say(key: str, **values: object) -> str:
    said = say(key, **values)
    return keep_together(said) if language() == "cs" else said
