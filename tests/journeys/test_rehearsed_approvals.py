"""A rehearsal plays what an approval may take: several approvers, comments before them, codes and consents."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Event

import pytest

from tests.fixtures.office import PROJECT
from worker.cli.wiring import office_to_look_at
from worker.planning.on_file import read_on_file
from worker.rehearsal.account import Step
from worker.rehearsal.people import Manner
from worker.rehearsal.play import play
from worker.times import parse_instant

PLAN = """\
plan: {title: Zkouška, from: 2026-01-01, to: 2027-12-31}
defaults: {in_charge: koordinator}
activities:
  - id: zprava
    when: prosinec 2026
    activity: Zpráva
    topic: začleňování
    place: řádek 1
    kinds: [press-release]
    lists: [media]
    approvers: [tiskovy-mluvci, reditel]
    lead: {draft: 10 pracovních dní}
"""


SENT_TO_NOBODY = [
    ("12-08T10:00", "published", ""), ("12-08T10:00", "sent", ""), ("12-08T10:00", "told", "koordinator"),
]  # fmt: skip
"""On the public page it is all the same."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped configuration; the plan is the test's."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HLASATEL_DATA", str(tmp_path / "data"))
    return tmp_path


def rehearsed(folder: Path, more: str, manner: Manner = Manner.ALWAYS) -> list[tuple[str, str, str]]:
    """Day and hour, event and people of each step of the occurrence, and of what was refused."""
    (folder / "schedules.yaml").write_text(PLAN + more, encoding="utf-8")
    office = office_to_look_at(folder / "schedules.yaml")
    script = read_on_file(office.settings.plan, office.settings.config)
    start, end = parse_instant("2026-11-21"), parse_instant("2026-12-31")
    steps = play(office, script, start, end, manner, stopping=Event(), progress=lambda _: None).steps
    assert not [step for step in steps if step.event in ("refused", "draft_failed", "mail_failed")], steps
    return [_told(step) for step in steps if step.occurrence == "zprava/2026-12"]


def _told(step: Step) -> tuple[str, str, str]:
    return step.as_json()["at"][5:16], step.event, " ".join(step.people)


def test_any_one_of_several_is_enough(folder: Path) -> None:
    assert rehearsed(folder, "")[1:] == [
        ("12-01T10:00", "asked", "tiskovy-mluvci reditel"),
        ("12-01T11:00", "approved", "tiskovy-mluvci"),
        *SENT_TO_NOBODY,
    ]


def test_each_is_asked_once_the_one_before_has_approved(folder: Path) -> None:
    assert rehearsed(folder, "    approval: in-order\n")[1:] == [
        ("12-01T10:00", "asked", "tiskovy-mluvci"),
        ("12-01T11:00", "agreed", "tiskovy-mluvci"),
        ("12-01T11:00", "asked", "reditel"),
        ("12-01T12:00", "approved", "reditel"),
        *SENT_TO_NOBODY,
    ]


def test_comments_codes_and_consents_are_played(folder: Path) -> None:
    more = "    approval: all\n    commenters: [asz, vedeni-kraje]\n    code: true\n    stories: true\n"
    assert rehearsed(folder, more) == [
        ("11-24T10:00", "drafted", ""),
        ("11-24T10:00", "comments_asked", "asz vedeni-kraje"),
        ("11-24T10:00", "told", "koordinator"),
        ("11-24T11:00", "commented", "asz vedeni-kraje"),
        ("12-01T10:00", "asked", "tiskovy-mluvci reditel"),
        ("12-01T11:00", "consent_noted", "koordinator"),
        ("12-01T11:00", "agreed", "tiskovy-mluvci"),
        ("12-01T11:00", "approved", "reditel"),
        *SENT_TO_NOBODY,
    ]


def test_nobody_does_anything_when_nobody_is_to(folder: Path) -> None:
    events = [event for _, event, _ in rehearsed(folder, "    commenters: [asz]\n    code: true\n", Manner.NEVER)]
    assert "comments_asked" in events and "missed" in events
    assert not {"commented", "agreed", "approved", "sent"} & set(events)
