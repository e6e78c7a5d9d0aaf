"""What every test gets: the shared fixtures, and no setting of the person who runs the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from zlib import crc32

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from worker.record import acting

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.chromium", "tests.fixtures.office", "tests.fixtures.seeds"]

# A slow machine is no failure, and a failing example must be the same for everyone who runs the test again.
settings.register_profile("hlasatel", deadline=None, derandomize=True)
settings.load_profile("hlasatel")


LONG_FIRST = ("faults", "journeys")
"""Folders whose tests take many seconds each: begun last, one of them would keep a single core at work alone."""

BOTH = ("sqlite", "postgresql")

TOGETHER = frozenset(
    f"tests/{file}.py"
    for file in (
        "bad_input/test_every_row", "bad_input/test_pages", "bad_input/test_patience",
        "journeys/test_accessibility", "journeys/test_approval_pages", "journeys/test_coordinator_pages",
        "journeys/test_gallery", "journeys/test_hostile_texts", "journeys/test_mail_looks", "journeys/test_page_weight",
        "journeys/test_rehearsal",
        "store/test_approver_page", "store/test_contribution_pages", "store/test_guard",
    )
)  # fmt: skip
"""Files whose tests share what takes seconds to make, a browser or an office: in one process it is made once."""


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # published without types
    """Hands out these files whole and every other test by itself, in the order found."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    return Sharing(config, log)


IN_TURN = frozenset(
    f"test_{each}.py"
    for each in (
        "ad_hoc", "approval_edits", "approver_page", "archive", "archive_lists", "archive_proofs", "asking_mails",
        "boards", "bounces", "by_hand", "called_off", "checks", "choices", "choices_by_link", "codes", "coming_back",
        "comment_pages", "comments", "consents", "contribution_pages", "contributions", "corrections",
        "decision_form", "deputies", "dossier", "draft_files", "facebook_parts_refused", "facebook_posts",
        "held_page", "hold", "hold_sending", "imap", "import_fates", "import_page", "inbox", "joining", "journal",
        "joining_pages", "languages", "late", "leaving_page", "list_reviews", "mailing_page", "media_doubts",
        "office_on_file", "own_edit", "past", "plan_edits", "plan_guard", "public_desk", "publishing",
        "recipient_pages", "record_export", "record_show", "record_verify", "refused_mails", "release", "report_mail",
        "seats", "static_copy", "story_page", "taken_down", "tidings", "upkeep", "voiding", "webhook_events",
        "withheld", "words_wanted",
    )
)  # fmt: skip
"""Files of tests/store about what the office's rules make of a state, not about what a database does."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Of a test in such a file one half, now SQLite's and now PostgreSQL's, is left to `make test-faults`."""
    if item.path.name not in IN_TURN or item.get_closest_marker("both") or not isinstance(item, pytest.Function):
        return
    if any("database" in mark.args[0] for mark in item.iter_markers("parametrize")):  # it has chosen its own
        return
    params = item.callspec.params if hasattr(item, "callspec") else {}
    database = str(params.get("database", ""))
    if database in BOTH and BOTH[crc32(item.name.replace(database, "").encode()) % 2] != database:
        item.add_marker(pytest.mark.long)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, otherwise in the order found."""
    items.sort(key=lambda item: not set(item.path.parts) & set(LONG_FIRST))


@pytest.fixture(autouse=True)
def nobody_acts() -> Iterator[None]:
    """Whoever a test lets act from somewhere is gone with it."""
    with acting.apart():
        yield


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own HLASATEL_… variables change no test."""
    for name in [name for name in os.environ if name.startswith("HLASATEL_")]:
        monkeypatch.delenv(name)
