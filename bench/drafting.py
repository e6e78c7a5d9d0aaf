"""How long a package of three drafts takes: a press release, a newsletter and a text for Facebook, with their files.

It has 200 pieces of news to choose from and 50 contributions to tell of, on SQLite. Each round drafts it several times
in a process of its own ([package.py](package.py)), and lets `hlasatel tick` do it from nothing, beside a `tick` that
finds nothing to do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.measured import Spread, ratios
from bench.package import WHEN
from bench.prepared import environ_for
from bench.rounds import tell
from tests.store.sample import CONFIG, ROOT
from worker.settings import load_feeds
from worker.store import copies
from worker.store.database import Database
from worker.store.tables import contributions, feed_items, feeds

NEWS, CONTRIBUTIONS = 200, 50
OCCURRENCE = "newsletter/2026-12"
BEFORE = WHEN - timedelta(days=2)
"""When the plan is taken up and nothing is due."""
_PLAN = """
plan: {title: Měření, place: měření, from: 2026-01-01, to: 2026-12-31}
activities:
  - id: newsletter
    when: prosinec 2026
    activity: Pravidelná informace (newsletter)
    target: všechny
    topic: Informace za uplynulé období
    periodicity: 1x za rok
    place: měření
    kinds: [newsletter, press-release, facebook-text]
    lists: [vsichni]
    approvers: [tiskovy-mluvci]
    in_charge: koordinator
"""
_TEXT = (
    "Poradna v Liberci otevřela {number}. září a za první čtvrtletí pomohla 46 rodinám s dluhy, bydlením i jednáním na "
    "úřadech. Terénní pracovníci přitom zjistili, že nejčastěji chybí srozumitelná informace, kam jít nejdřív. Proto "
    "kraj s obcemi připravil jednoduchý rozcestník, který najdete na úřadech a v knihovnách."
)


def measure(place: Path, rounds: int) -> dict[str, object]:
    """Seconds of a package in a process that has drafted before, of the first in one, and of a whole `tick`.

    `place` is a folder that is there; RuntimeError when a `tick` has not done what it should.
    """
    source = place / "drafting"
    try:
        prepare(source)
        packages, ticks, idle = [], [], []
        for number in range(1, rounds + 1):
            packages.append(_package(source))
            idle.append(_tick(source, place / "round", drafts=False))
            ticks.append(_tick(source, place / "round", drafts=True))
            again = packages[-1]["again"][-1]
            tell(
                f"round {number}/{rounds}  package {again['cpu']:.2f} s of CPU, "
                f"first {packages[-1]['first']['cpu']:.2f}, tick {ticks[-1]['cpu']:.2f}, idle {idle[-1]['cpu']:.2f}"
            )
    finally:
        shutil.rmtree(source, ignore_errors=True)
    warm = [sorted(each["again"], key=lambda run: run["cpu"])[len(each["again"]) // 2] for each in packages]
    return {
        "sizes": packages[0]["sizes"],
        "runs": {
            "warm": _spreads(warm),
            "first": _spreads([each["first"] for each in packages]),
            "tick": _spreads(ticks),
            "idle": _spreads(idle),
        },
        "noise": ratios([_cpu(each, 0) for each in packages], [_cpu(each, 1) for each in packages]).rounded(),
        "spliced": Spread.of([each["spliced"] for each in packages]).rounded(),
        "alone": Spread.of([each["alone"] for each in packages]).rounded(),
        "ratio": ratios([each["alone"] for each in packages], [each["spliced"] for each in packages]).rounded(),
    }


def _cpu(package: dict[str, Any], first: int) -> float:
    """CPU seconds of every second package from `first` on."""
    total: float = sum(run["cpu"] for run in package["again"][first::2])
    return total


def _spreads(runs: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    return {name: Spread.of([run[name] for run in runs]).rounded() for name in ("wall", "cpu")}


def prepare(folder: Path) -> None:
    """An office on SQLite in `folder` whose plan is taken up, and whose package is to be drafted at `WHEN`."""
    folder.mkdir()
    shutil.copytree(CONFIG, folder / "config")
    (folder / "schedules.yaml").write_text(_PLAN, encoding="utf-8")
    for _ in range(2):  # what the first start has to tell is told, and then it is quiet
        _command(folder, BEFORE.isoformat())
    database = Database(_url(folder))
    read = [feed for feed in load_feeds(CONFIG).values() if feed.url is not None]
    try:
        with database.write() as tx:
            for feed in read:
                tx.execute(
                    feeds.insert().values(
                        id=feed.id, url=feed.url, etag="", last_modified="", tried_at=BEFORE, read_at=BEFORE,
                        next_at=WHEN + timedelta(days=1), failures=0,
                    )
                )  # fmt: skip
            for number in range(NEWS):
                key, at = sha256(str(number).encode()).digest(), BEFORE - timedelta(hours=number)
                tx.execute(
                    feed_items.insert().values(
                        feed=read[number % len(read)].id, key=key, content=key, title=f"Bydlení v obci {number}",
                        link=f"https://www.example.org/zpravy/{number}", summary=_TEXT.format(number=5),
                        published_at=at, first_seen_at=at, doubts=[],
                    )
                )  # fmt: skip
            for number in range(CONTRIBUTIONS):
                tx.execute(
                    contributions.insert().values(
                        occurrence_id=OCCURRENCE, person="asz", signed=f"Pracovní skupina {number}",
                        text=_TEXT.format(number=number % 28 + 1), people="nobody", consent_of="", consent_by="",
                        digest=f"{number:064}", at=BEFORE, choice="included", choices=1,
                    )
                )  # fmt: skip
    finally:
        database.close()


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'hlasatel.sqlite3'}"


def _environ(folder: Path) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("HLASATEL_")}
    own = environ_for(_url(folder), folder / "config", 9)  # the discard port: nothing is sent
    return known | own | {"HLASATEL_PLAN": str(folder / "schedules.yaml")}


def _package(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.package", str(folder)]
    told = subprocess.run(command, cwd=ROOT, env=_environ(folder), check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _tick(source: Path, folder: Path, *, drafts: bool) -> dict[str, float]:
    """Seconds of one `tick` on a copy of the office; RuntimeError when it drafted or not and should not or should."""
    shutil.copytree(source, folder)
    database = Database(_url(folder))
    try:
        with database.write() as tx:
            copies.let_go(tx, database)
        run = _command(folder, (WHEN if drafts else BEFORE).isoformat())
        with database.read() as tx:
            made = tx.exec_driver_sql("SELECT count(*) FROM drafts").scalar_one()
    finally:
        database.close()
        shutil.rmtree(folder)
    if made != (3 if drafts else 0):
        raise RuntimeError(f"a tick made {made} drafts")
    return run


def _command(folder: Path, now: str) -> dict[str, float]:
    command = [sys.executable, "-m", "worker.cli.main", "tick", "--now", now]
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=_environ(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return {"wall": time.monotonic() - began, "cpu": used.ru_utime + used.ru_stime}
