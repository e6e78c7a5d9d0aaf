"""Every way in that takes bytes, as a function of the bytes: what was made of them, in a line.

It begins with `taken` where something was kept and `refused` where a person is told why; anything else that is raised
is a defect. The pages have their own tests beside this file.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from jinja2 import DictLoader, TemplateError

from tests.store.sample import CONFIG, ROOT
from worker.agenda import file as calendar
from worker.audience import journal
from worker.audience.bounces.classify import failures
from worker.audience.importing.columns import lines_of as table_lines
from worker.audience.importing.reading import Limits, read
from worker.audience.importing.spool import What
from worker.contributions.photo import prepared
from worker.delivery.postfix import lines_of, open_log
from worker.delivery.postfix import read as read_log
from worker.drafting.loader import UNFIT
from worker.drafting.markdown import to_html, to_text
from worker.drafting.sandbox import Sandbox, counted
from worker.errors import HlasatelError, InvalidFiles
from worker.feeds.read import entries
from worker.inbox import sorting
from worker.mime.headers import UnsafeHeader
from worker.mime.message import compose
from worker.office import Office
from worker.outbound.trouble import Trouble
from worker.plan.model import Vocabulary
from worker.plan.reading.load import parse_plan
from worker.positions import Faults
from worker.record import seals
from worker.reporting.articles_table import COLUMNS
from worker.settings import load_lists, load_measures, load_media, load_people, load_settings, parse_address
from worker.settings.feeds import load_feeds
from worker.settings.load import load_settings_file
from worker.smtp.answers import Answers, NotSmtp
from worker.store.database import Database
from worker.upkeep.backup import manifest

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Entry = Callable[[bytes], str]


def said(entry: Entry, data: bytes) -> str:
    """What came of it; whatever is no refusal of ours is raised."""
    try:
        return f"taken: {entry(data)}"
    except InvalidFiles as error:
        assert all(fault.line > 0 and fault.column > 0 for fault in error.faults), "a fault without its place"
        return "refused: " + " | ".join(f"{fault.line}:{fault.column} {fault.message}" for fault in error.faults[:5])
    except (HlasatelError, Trouble) as error:
        return f"refused: {error}"
    except (NotSmtp, TemplateError, *UNFIT) as error:
        return f"refused: {type(error).__name__} {error}"


def plan(data: bytes) -> str:
    return f"{len(parse_plan(data, 'f', Vocabulary(None, None, None)).activities)} rows"


def _config(name: str, load: Callable[[Path], object]) -> Entry:
    def entry(data: bytes) -> str:
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "config"
            shutil.copytree(CONFIG, config)
            (config / name).write_bytes(data)
            load(config)
        return "a configuration"

    return entry


@cache
def shipped_office() -> Office:
    """One whose database nobody opens."""
    settings = load_settings({"HLASATEL_DATA": tempfile.gettempdir()}, plan=ROOT / "schedules.yaml", config=CONFIG)
    return Office(settings, {}, load_lists(CONFIG), settings.relay, Database("sqlite://"))


def recipients(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lidé"
        file.write_bytes(data)
        with read(shipped_office(), "media", file, sheet="", limits=Limits(1000)) as found:
            rows = found.spool.after(0, 1000)[0]
            told = sum(len(list(found.spool.told(what))) for what in What)
    return f"{len(rows)} people, {told} told of"


def feed(data: bytes) -> str:
    found = entries(data, "application/xml", "https://obec.example.org/rss", NOW)
    return f"{len(found)} news"


def mail(data: bytes) -> str:
    return sorting.letter(data).sort


def bounce(data: bytes) -> str:
    return f"{len(sorting.read(data, failures) or ())} failures"


def ics(data: bytes) -> str:
    return f"{len(calendar.read(data, date(2026, 11, 22), 'Partner').found)} dates"


def photo(data: bytes) -> str:
    made = prepared(io.BytesIO(data))
    return f"{made.width} × {made.height}"


def relay(data: bytes) -> str:
    answers, found = Answers(), 0
    for begin in range(0, len(data), 1000):
        found += len(list(answers.read(data[begin : begin + 1000])))
    return f"{found} replies"


def postfix(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mail.log"
        file.write_bytes(data)
        with open_log(file) as log:
            return f"{len(read_log(lines_of(log), {'<a@b.example.org>'}))} messages"


def address(data: bytes) -> str:
    return parse_address(data.decode("utf-8", "surrogateescape"))


def subject(data: bytes) -> str:
    text = data.decode("utf-8", "surrogateescape")
    try:
        compose([("Subject", text), ("From", "a@example.org")], "text", None, date=NOW)
    except UnsafeHeader as error:
        raise HlasatelError(str(error)) from None
    return "a mail"


def template(data: bytes) -> str:
    sandbox = Sandbox(DictLoader({"a.txt": data.decode("utf-8", "replace")}), lambda value: value, {})
    with counted():
        return f"{len(sandbox.get_template('a.txt').render(words=['slovo'], text='text'))} characters"


def table(data: bytes) -> str:
    """What articles, and what was done years ago, are read from."""
    faults = Faults()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clanky.csv"
        file.write_bytes(data)
        lines = table_lines(file, COLUMNS, faults)
        for line in lines:
            line.address("address")
            line.day("day")
            line.text("title")
    faults.refuse()
    return f"{len(lines)} lines"


def backup(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / manifest.FILE).write_bytes(data)
        return f"{len(manifest.read(Path(folder)).files)} files"


def erasures(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / manifest.JOURNAL
        file.write_bytes(data)
        return f"{len(journal.read([file]))} entries"


def seal(data: bytes) -> str:
    return f"{len(seals.read(data.decode('utf-8', 'replace')))} seals"


def text(data: bytes) -> str:
    """What an editor typed in Markdown."""
    written = data.decode("utf-8", "replace")
    to_text(written)
    return "HTML with a script" if "<script" in to_html(written) else "HTML"


ENTRIES: dict[str, Entry] = {
    "plan": plan,
    "settings.toml": _config("settings.toml", load_settings_file),
    "people.yaml": _config("people.yaml", load_people),
    "lists.yaml": _config("lists.yaml", load_lists),
    "channels.yaml": _config("channels.yaml", load_media),
    "feeds.yaml": _config("feeds.yaml", load_feeds),
    "measures.csv": _config("measures.csv", load_measures),
    "recipients": recipients,
    "feed": feed,
    "mail": mail,
    "bounce": bounce,
    "calendar": ics,
    "photo": photo,
    "relay": relay,
    "relay's log": postfix,
    "address": address,
    "subject": subject,
    "template": template,
    "table of articles": table,
    "text": text,
    "backup": backup,
    "erasures.log": erasures,
    "seal": seal,
}
