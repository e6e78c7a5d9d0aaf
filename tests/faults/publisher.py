"""Forks a worker that publishes whenever it is told, and the office it works for (tests/fixtures/forking.py)."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fixtures.desk_plan import without_media, write_desk_plan
from tests.fixtures.forking import serve
from tests.fixtures.graph_server import PAGE
from worker.clock import shift
from worker.forms import no_files
from worker.jobs import all_jobs, finish, work
from worker.office import Office
from worker.settings import Medium, load_lists, load_people, load_settings
from worker.store.database import Database
from worker.times import Clock

ROOT = Path(__file__).parents[2]
SEND = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
ASKED = SEND - timedelta(days=7)


def office(file: Path, graph: str) -> Office:
    """The region's office on this SQLite file; its Facebook texts go to the page at `graph`, its mails nowhere."""
    environ = {
        "HLASATEL_DATABASE_URL": f"sqlite:///{file}",
        "HLASATEL_SMTP_URL": "smtp://127.0.0.1:9",
        "HLASATEL_DATA": str(file.parent / "data"),
        "HLASATEL_SECRET_KEY": "a-key-for-tests-only",
    }
    config = ROOT / "config"
    plan = write_desk_plan(ROOT / "schedules.yaml", file.parent)
    plan.write_text(without_media(plan.read_text(encoding="utf-8")), encoding="utf-8")
    settings = load_settings(environ, plan=plan, config=config)
    page = Medium(
        id="stranka", name="Stránka", channel="facebook", takes=("facebook-text",), ours="ukázka",
        options={"page": PAGE, "graph": graph},
    )  # fmt: skip
    people, lists = load_people(config), load_lists(config)
    return Office(settings, people, lists, settings.relay, Database(settings.database_url), media={page.id: page})


def play(own: Office, at: datetime) -> None:
    """All that is due at `at`, what is sent beside it included."""
    with no_files(), shift(own, Clock(lambda: at, simulated=True), "tests") as current:
        work(current)
        finish(current)


def _work(order: dict[str, Any]) -> None:
    status = 1
    try:
        own = office(Path(order["file"]), order["graph"])
        with closing(own.database):
            play(replace(own), datetime.fromisoformat(order["at"]))
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    all_jobs()
    import worker.channels.facebook
    import worker.outbound.line  # noqa: F401 – what every start would import

    serve(_work)
