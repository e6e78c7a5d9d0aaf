"""The dossier as one HTML file: nothing else is needed to read, to print or to check it, and nothing in it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment
from sqlalchemy import Connection

from worker import __version__
from worker.dossier.attachment import NAME, attachment
from worker.dossier.contents import contents
from worker.dossier.marks import NO_MARKS, Marks
from worker.dossier.public import by_role, names, refuse_leaks, without_personal_data
from worker.dossier.redaction import Redaction
from worker.drafting.shipped_pages import shipped_pages
from worker.messages import language, office_language, speaking
from worker.office import Office
from worker.record import seals
from worker.times import format_day, format_instant, to_the_second

CHECK = """\
import hashlib, html, re, sys
dossier = open(sys.argv[1], encoding="utf-8", newline="").read()
for digest, exact in re.findall(r'<pre data-sha256="([0-9a-f]{64})">(.*?)</pre>', dossier, re.DOTALL):
    found = hashlib.sha256(html.unescape(exact).encode("utf-8")).hexdigest()
    print(digest, "OK" if found == digest else "DIFFERENT")
"""
"""A whole Python program that recomputes every digest a dossier states; it stands in the dossier itself."""


@dataclass(frozen=True)
class Edition:
    """Which dossier: `public` is the one without personal data, `words` whether it keeps what people wrote.

    `attached`: it becomes a PDF to which the exact wordings are attached, so they do not stand in it.
    """

    marks: Marks = NO_MARKS
    public: bool = False
    words: bool = False
    attached: bool = False


@dataclass(frozen=True)
class Made:
    """The page, and what is attached to a PDF of it; nothing to an edition without personal data."""

    html: str
    attachment: bytes | None


def dossier(tx: Connection, office: Office, occurrence_id: str, now: datetime) -> str | None:
    """The file of one occurrence, in the office's language; None for one that the database does not know."""
    made = edition(tx, office, occurrence_id, now, Edition())
    return made.html if made is not None else None


def edition(tx: Connection, office: Office, occurrence_id: str, now: datetime, which: Edition) -> Made | None:
    """The same in the edition that is wanted. HlasatelError when personal data would stay in a public one."""
    with speaking(office_language()):
        told_of = by_role(office) if which.public else office
        found = contents(tx, told_of, occurrence_id)
        if found is None:
            return None
        seal = seals.head(tx)
        if which.public:
            known = list(names(tx, office, occurrence_id))
            redaction = Redaction.of(office.settings.base_url, known, keep_words=which.words)
            found = without_personal_data(found, told_of, redaction)
        html = (
            _environment()
            .get_template("dossier/dossier.html")
            .render(
                dossier=found,
                organisation=office.settings.organisation,
                coordinator=told_of.person_name(office.settings.coordinator),
                person=told_of.person_name,
                now=now,
                program=__version__,
                check=CHECK,
                lang=language(),
                edition=which,
                seal=seal,
                attached=NAME,
            )
        )
        if which.public:
            refuse_leaks(html, office, known)
        attached = attachment(found, which.marks, seal, now) if which.attached and not which.public else None
        return Made(html, attached)


def file_name(occurrence_id: str, suffix: str = "html", *, public: bool = False) -> str:
    """What the file is called: the id without what a file's name cannot hold."""
    return f"spis-{occurrence_id.replace('/', '-')}{'-verejny' if public else ''}.{suffix}"


@cache
def _environment() -> Environment:
    environment = shipped_pages()
    environment.filters["day"] = format_day
    environment.filters["instant"] = format_instant
    environment.filters["to_the_second"] = to_the_second
    return environment
