"""Both feeds against what defines them: RFC 4287 by its schema, JSON Feed 1.1 by the rules of its page."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from lxml import etree  # type: ignore[import-untyped]
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tests.unit.archive.made_up import SINCE, item, withdrawn
from worker.archive.entries import MOST_ENTRIES
from worker.archive.feed import atom
from worker.archive.items import Item
from worker.archive.json_feed import json_feed
from worker.kinds import kind_name
from worker.settings import Settings, load_settings
from worker.topics import topic_name

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "tests" / "data" / "atom.rng"
BASE, COPY = "https://hlasatel.example.org", "https://kopie.example.org/sdeleni"
ITEMS = (
    item(1, topics=("bydleni",)),
    item(2, corrected_by=("oprava/2026",), corrected_at=SINCE + timedelta(hours=2)),
    item(3, withdrawn=withdrawn(SINCE + timedelta(hours=3)), topics=("dluhy",)),
    item(4, perex="", title="Titulek <b>&amp;</b> \u000b„uvozovky“"),
)


@pytest.fixture(scope="module")
def settings() -> Settings:
    environ = {"HLASATEL_BASE_URL": BASE, "HLASATEL_SECRET_KEY": "a-key-for-tests-only-0123456789"}
    return load_settings(environ, plan=ROOT / "schedules.yaml", config=ROOT / "config")


def faults(feed: bytes) -> list[str]:
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    schema.validate(etree.fromstring(feed))
    return [str(each) for each in schema.error_log]


@pytest.mark.parametrize("items", [ITEMS, (), ITEMS[:1]])
def test_atom_is_what_its_rfc_defines(settings: Settings, items: tuple[Item, ...]) -> None:
    assert not faults(atom(items, settings, BASE))


def test_the_schema_finds_what_is_missing(settings: Settings) -> None:
    whole = atom(ITEMS, settings, BASE).decode()
    for part in (r"<updated>[^<]*</updated>", r"<id>[^<]*</id>", r"<title>[^<]*</title>"):
        assert faults(re.sub(part, "", whole, count=1).encode()), part
    assert faults(whole.replace("2026-12-08T09:00:00Z", "8. 12. 2026").encode())
    assert faults(whole.replace("<published>", "<vydano>").replace("</published>", "</vydano>").encode())


def _absolute(text: str) -> str:
    assert re.fullmatch(r"https?://\S+", text), text
    return text


def _rfc3339(text: str) -> str:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", text) and datetime.fromisoformat(text)
    return text


Url = Annotated[str, AfterValidator(_absolute)]
Moment = Annotated[str, AfterValidator(_rfc3339)]


class Ruled(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Author(Ruled):
    """ "All optional – but if you provide an author object, then at least one is required."""

    name: str = Field(min_length=1)
    url: Url


class Entry(Ruled):
    """ "items": `id` is required; `content_html` and `content_text` are optional, "but one or both must be present"."""

    id: str = Field(min_length=1)
    url: Url
    title: str
    content_text: str
    date_published: Moment
    date_modified: Moment
    tags: list[str]


class Feed(Ruled):
    """ "Top-level": `version`, `title` and `items` are required."""

    version: str
    title: str = Field(min_length=1)
    home_page_url: Url
    feed_url: Url
    language: str = Field(pattern="^[a-z]{2}$")
    authors: list[Author]
    items: list[Entry]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Feed:
        assert len({each.id for each in self.items}) == len(self.items)
        return self


def read(feed: bytes) -> Feed:
    found = Feed.model_validate(json.loads(feed))
    assert found.version == "https://jsonfeed.org/version/1.1"
    return found


def test_json_feed_is_what_its_page_defines(settings: Settings) -> None:
    found = read(json_feed(ITEMS, settings, BASE))
    assert (found.home_page_url, found.feed_url) == (f"{BASE}/archiv", f"{BASE}/archiv/feed.json")
    assert [each.title for each in found.items[:3]] == ["Zpráva 1", "Opraveno: Zpráva 2", "Staženo: Zpráva 3"]
    assert found.items[0].tags == [kind_name("press-release"), topic_name("bydleni")]
    assert all(each.content_text for each in found.items)
    assert read(json_feed((), settings, BASE)).items == []


def test_what_was_withdrawn_says_why_and_nothing_of_its_text(settings: Settings) -> None:
    for made in (json_feed(ITEMS, settings, BASE).decode(), atom(ITEMS, settings, BASE).decode()):
        assert made.count("Poradna je otevřená.") == 2 and "Údaje nebyly ověřené." in made


def _changed(feed: Any) -> list[str]:
    return [each.date_modified for each in feed.items]


def test_whoever_subscribes_learns_of_a_correction_and_a_withdrawal(settings: Settings) -> None:
    found = _changed(read(json_feed(ITEMS, settings, BASE)))
    assert found[:3] == ["2026-12-08T09:00:00Z", "2026-12-08T11:00:00Z", "2026-12-08T12:00:00Z"]
    space = {"a": "http://www.w3.org/2005/Atom"}
    feed = etree.fromstring(atom(ITEMS, settings, BASE))
    assert [each.text for each in feed.findall("a:entry/a:updated", space)] == found
    assert feed.findtext("a:updated", None, space) == max(found)


def test_a_copy_leads_to_itself_and_keeps_the_ids(settings: Settings) -> None:
    entry = read(json_feed(ITEMS, settings, COPY)).items[0]
    assert (entry.id, entry.url) == tuple(f"{at}/archiv/tiskova-zprava/2026-1" for at in (BASE, COPY))
    copied = atom(ITEMS, settings, COPY)
    assert not faults(copied) and f"<id>{entry.id}</id>".encode() in copied
    assert f'href="{entry.url}"'.encode() in copied and f'href="{BASE}'.encode() not in copied


def test_the_newest_alone_are_in_a_feed(settings: Settings) -> None:
    many = [item(number) for number in range(MOST_ENTRIES + 5)]
    assert len(read(json_feed(many, settings, BASE)).items) == MOST_ENTRIES
    assert atom(many, settings, BASE).count(b"<entry>") == MOST_ENTRIES
