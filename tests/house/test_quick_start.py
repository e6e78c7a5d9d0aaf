"""A command starts with what it needs: a `tick` comes every minute and finds nothing to do nearly every time."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.fixtures.office import PROJECT, Office

NOTHING_DUE = "2026-11-22T10:00"
HEAVY = frozenset({
    "aiosmtpd", "alembic", "apscheduler", "cssutils", "dkim", "dns", "docx", "email_validator", "feedparser",
    "holidays.countries", "icalendar", "idna", "jinja2", "limits", "lxml", "mako", "markdown_it", "matplotlib",
    "premailer", "psycopg", "requests", "rich", "segno", "starlette", "uvicorn", "weasyprint", "xlsxwriter",
})  # fmt: skip
"""What drafts, writes mails, serves pages, draws tables or migrates: each costs a start a hundredth to a fifth."""
_IMPORTED = re.compile(r"^import time: [\d |]+\| +(\S+)$", re.MULTILINE)


def test_no_library_is_imported_that_is_not_needed(sqlite_office: Office) -> None:
    while "kroků: 1." not in sqlite_office.run("tick", "--now", NOTHING_DUE):  # looking at the plan is a step
        pass
    for command in ("tick", "timetable --format json"):
        process = sqlite_office.start(*command.split(), "--now", NOTHING_DUE, PYTHONPROFILEIMPORTTIME="1")
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        imported = set(_IMPORTED.findall(err))
        assert {"worker.office", "sqlalchemy"} <= imported
        assert HEAVY & imported == set(), command


def test_nothing_looks_for_garbage_while_a_command_is_imported() -> None:
    looks = "sum(each['collections'] for each in gc.get_stats()[1:])"
    code = f"import worker.cli, gc; before = {looks}; import worker.cli.tick, worker.jobs; print({looks} - before)"
    found = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert found.stdout == "0\n"
