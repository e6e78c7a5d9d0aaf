"""Two workers at the same texts: each is sent by one of them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.fixtures.graph_server import PAGE, TOKEN, Trouble, graph_server
from tests.store.places import placed
from tests.store.sample import NOW, PRESS, approved_draft, python
from worker.kinds import all_kinds
from worker.office import Office
from worker.publishing import ledger
from worker.store.states import PublicationState
from worker.store.tables import drafts, publications

TEXTS = 6
WORKER = """
    import os, sys, time
    from dataclasses import replace
    from datetime import datetime
    from pathlib import Path

    from tests.store.sample import CONFIG
    from worker.clock import shift
    from worker.jobs.publish import Publish
    from worker.office import Office
    from worker.settings import Medium, load_lists, load_people, load_settings
    from worker.store.database import Database
    from worker.store.lock import Locked
    from worker.times import Clock

    url, graph, page, at, data = sys.argv[1:]
    environ = {"HLASATEL_DATABASE_URL": url, "HLASATEL_DATA": data, "HLASATEL_SECRET_KEY": "a-key-for-tests-only-0123",
               "HLASATEL_SMTP_URL": "smtp://127.0.0.1:9"}
    settings = load_settings(environ, plan=CONFIG.parent / "schedules.yaml", config=CONFIG)
    medium = Medium(id="stranka", name="Stránka", channel="facebook", takes=("facebook-serial",), ours="ukázka",
                    options={"page": page, "graph": graph})
    office = Office(settings, load_people(CONFIG), load_lists(CONFIG), settings.relay, Database(url),
                    media={medium.id: medium})
    now, job = datetime.fromisoformat(at), Publish()
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(3):
        while True:
            try:
                with shift(office, Clock(lambda: now, simulated=True), "tests") as current:
                    job.do_one(current, now)
                break
            except Locked:
                time.sleep(0.02)
"""


def begun(office: Office) -> None:
    """A serial whose parts all wait for the page at once."""
    fields = {"headline": "Seriál", "parts": "\n---\n".join(f"Díl {number}." for number in range(TEXTS)), "apart": "3"}
    shown = "\n\n".join(post.text for post in all_kinds()["facebook-serial"].posts(fields))
    with office.database.write() as tx:
        draft = approved_draft(tx, "facebook-serial", PRESS, ("Seriál", "", shown))
        tx.execute(update(drafts).values(fields=fields))
        for part in range(1, TEXTS + 1):
            tx.execute(
                publications.insert().values(
                    occurrence_id=PRESS, draft_id=draft.id, part=part, medium="stranka", channel="facebook",
                    state=PublicationState.QUEUED, attempts=0, due_at=NOW, person="", address="", reference="",
                    reason="",
                )
            )  # fmt: skip


@pytest.mark.parametrize(
    "database", [pytest.param("sqlite", marks=pytest.mark.long), "postgresql"], indirect=True
)  # a server is where two can meet
def test_of_two_processes_each_text_is_sent_by_one(
    office: Office, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HLASATEL_FACEBOOK_TOKEN", TOKEN)
    with graph_server() as page:
        begun(office)
        page.troubles["feed"] = [Trouble(hang=0.1, done=True, status=200, body="<html>") for _ in range(TEXTS)]
        arguments = url, page.address, PAGE, NOW.isoformat(), str(tmp_path)
        both = [python(WORKER, *arguments) for _ in range(2)]
        for each in both:
            assert each.stdout is not None and each.stdout.readline() == "ready\n"
        ended = [each.communicate("go\n", timeout=60) for each in both]
        assert [each.returncode for each in both] == [0, 0], ended
        assert len(page.posts) == TEXTS
    with office.database.read() as tx:
        assert set(tx.execute(select(publications.c.state)).scalars()) == {"unknown"}


def test_of_many_who_want_to_begin_one_text_one_may(office: Office) -> None:
    number = placed(office, PublicationState.QUEUED, due_at=NOW, begun_at=None)
    with office.database.read() as tx:
        row = tx.execute(select(publications).where(publications.c.id == number)).one()
    everybody = threading.Barrier(6)

    def want() -> bool:
        everybody.wait()
        with office.database.write() as tx:
            return ledger.intend(tx, row, NOW)

    with ThreadPoolExecutor(6) as pool:
        assert sum(each.result() for each in [pool.submit(want) for _ in range(6)]) == 1
