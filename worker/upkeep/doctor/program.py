"""The program itself: its versions, what it builds messages with, what sets type, and where it takes the time from."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from worker import __version__
from worker.delivery import trial
from worker.errors import HlasatelError
from worker.forms.printing import sets_type
from worker.messages import say
from worker.times import PRAGUE, format_instant
from worker.upkeep.doctor.examined import Examined
from worker.upkeep.findings import Finding, Level

LIBRARIES = (
    "sqlalchemy", "alembic", "psycopg", "procrastinate", "apscheduler", "starlette", "uvicorn", "pydantic", "jinja2",
    "weasyprint", "tzdata",
)  # fmt: skip


def _versions(about: Examined) -> Iterator[Finding]:
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    text = say(
        "doctor.versions", version=__version__, python=platform.python_version(), system=platform.platform(),
        libraries=libraries,
    )  # fmt: skip
    yield Finding("versions", Level.OK, text)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"


def _builder(about: Examined) -> Iterator[Finding]:
    try:
        trial.refuse_to_run()
    except HlasatelError as error:
        yield Finding("builder", Level.FAULT, str(error))
    else:
        yield Finding("builder", Level.OK, say("doctor.builder", count=len(trial.CASES)))


def _python(about: Examined) -> Iterator[Finding]:
    """What the `email` package would do if we left messages to it."""
    version, forged = platform.python_version(), trial.forged(trial.by_python)
    if forged:
        text = say("doctor.python_forges", version=version, count=len(forged), cases=len(trial.CASES))
        yield Finding("python", Level.NOTE, text)
    else:
        yield Finding("python", Level.OK, say("doctor.python_sound", version=version))


def _type(about: Examined) -> Iterator[Finding]:
    """Without Pango drafts lack their PDFs; everything else goes on."""
    if sets_type():
        yield Finding("type", Level.OK, say("doctor.type_set"))
    else:
        yield Finding("type", Level.NOTE, say("doctor.type_missing"))


def _zone(about: Examined) -> Iterator[Finding]:
    """Whether Prague's clocks are known: two hours before UTC in summer, one in winter, until the law is another."""
    known = [datetime(2027, month, 1, tzinfo=UTC).astimezone(PRAGUE).utcoffset() for month in (1, 7)]
    sound = known == [timedelta(hours=1), timedelta(hours=2)]
    key = "doctor.zone" if sound else "doctor.zone_wrong"
    yield Finding("zone", Level.OK if sound else Level.FAULT, say(key, now=format_instant(about.now)))


CHECKS: tuple[Callable[[Examined], Iterator[Finding]], ...] = (_versions, _builder, _python, _type, _zone)
