"""A draft that nobody could approve as it is goes to the coordinator to be completed before anybody is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import notices_to, state, words, work_at
from tests.store.planned import with_file
from tests.store.test_comments import link, mails
from worker.approval import rework
from worker.office import Office

REBUTTAL = """\
id: vyvraceni
activity: Vyvrácení nepravdivého tvrzení
place: řádek 1
dates: [8. 12. 2026]
kinds: [{kind}]
approvers: [{approver}]
{more}
"""
ID = "vyvraceni/2026-12-08"
BEGUN = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
DRAFTED = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
ASKED = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
WORDS = {
    "headline": "Příspěvek na bydlení má podmínky",
    "claim": "Příspěvek dostane každý.",
    "fact": "Příspěvek závisí na příjmu domácnosti.",
    "source": "https://www.example.org/prispevek",
}


def office_with(office: Office, folder: Path, kind: str, approver: str = "tiskovy-mluvci", more: str = "") -> Office:
    row = REBUTTAL.format(kind=kind, approver=approver, more=more)
    ours = with_file(office, folder / "schedules.yaml", row)
    work_at(ours, BEGUN)
    return ours


def test_the_coordinator_completes_it_and_the_approver_only_reads(
    office: Office, tmp_path: Path, relay: ScriptedRelay
) -> None:
    ours = office_with(office, tmp_path, "hoax-rebuttal")
    work_at(ours, DRAFTED)
    assert state(ours, ID) == "preparing"
    (wanted,) = notices_to(ours, "koordinator", "words_wanted")
    assert "Chybí část „Nepravdivé tvrzení“" in wanted.data["missing"]
    text = words(mails(ours, relay, "koordinator")[-1])
    assert "bez slov, která může napsat jen člověk" in text and "do 10:00 v úterý 1. prosince 2026" in text
    rework.resubmit(ours, link(ours, relay, "koordinator", "uprava"), {"hoax-rebuttal": WORDS}, DRAFTED, version=1)
    work_at(ours, DRAFTED + timedelta(hours=1))
    assert len(notices_to(ours, "koordinator", "words_wanted")) == 1
    work_at(ours, ASKED)
    assert state(ours, ID) == "asked"
    assert len(notices_to(ours, "tiskovy-mluvci", "approval")) == 1
    asked = words(mails(ours, relay, "tiskovy-mluvci")[-1])
    assert "Příspěvek závisí na příjmu" in asked and "Brání schválení" not in asked


@pytest.mark.parametrize(
    ("kind", "approver", "drafted"),
    [
        pytest.param("press-release", "tiskovy-mluvci", DRAFTED, id="it can be approved"),
        pytest.param("hoax-rebuttal", "koordinator", DRAFTED, id="she approves herself"),
        pytest.param("hoax-rebuttal", "tiskovy-mluvci", ASKED, id="the approver is asked already"),
    ],
)
def test_otherwise_she_is_not_written_to(
    office: Office, tmp_path: Path, kind: str, approver: str, drafted: datetime
) -> None:
    ours = office_with(office, tmp_path, kind, approver, "lists: [media]" if kind == "press-release" else "")
    work_at(ours, drafted)
    assert notices_to(ours, "koordinator", "words_wanted") == []
