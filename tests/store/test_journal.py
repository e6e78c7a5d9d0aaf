"""The journal of erasures: what a crash or a full disk cut off is passed over, and what is not ours refused."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.sample import NOW
from worker.audience import journal
from worker.audience.address_hash import digest
from worker.audience.journal import Deed
from worker.errors import HlasatelError
from worker.office import Office
from worker.upkeep.backup.placing import journal_goes_on


def noted(office: Office, *addresses: str) -> None:
    for address in addresses:
        journal.note(office, Deed.LEFT, NOW, address, lists=["tisk"])


def found(office: Office) -> list[bytes]:
    return [entry.hash for entry in journal.read([office.settings.journal])]


def hashes(office: Office, *addresses: str) -> list[bytes]:
    return [digest(office.settings.suppression_key, each) for each in addresses]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_line_that_a_crash_cut_off_is_passed_over_wherever_it_was_cut(office: Office) -> None:
    noted(office, "a@example.org", "b@example.org")
    file = office.settings.journal
    whole = file.read_bytes()
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole)):
        for never_written in (b"", b"\0" * 7):
            file.write_bytes(whole[:end] + never_written)
            noted(office, "c@example.org")
            if end == len(whole) - 1:  # all but the end of its line was written
                assert found(office) == hashes(office, "a@example.org", "b@example.org", "c@example.org")
            else:
                assert found(office) == hashes(office, "a@example.org", "c@example.org"), end


def test_a_disk_that_fills_in_the_middle_of_a_line_is_told_and_the_next_line_stands_alone(office: Office) -> None:
    noted(office, "a@example.org")
    with room_for(office.settings.journal.stat().st_size + 40), pytest.raises(HlasatelError, match="nejde zapsat"):
        noted(office, "b@example.org")
    noted(office, "c@example.org")
    assert found(office) == hashes(office, "a@example.org", "c@example.org")


@pytest.mark.parametrize("line", ['{"at":"2026-12-01T08:00:00Z"}', '{"at": 1}', "{}", "abc", '{"did":"left"'])
def test_what_is_no_line_of_ours_is_refused(office: Office, line: str) -> None:
    noted(office, "a@example.org")
    with office.settings.journal.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(HlasatelError, match="řádek 2"):
        found(office)


def test_of_a_clock_that_went_back_the_last_word_stays_the_last(office: Office, tmp_path: Path) -> None:
    journal.note(office, Deed.LIFTED, NOW, "a@example.org")
    journal.note(office, Deed.SUPPRESSED, NOW - timedelta(hours=1), "a@example.org", reason="complaint")
    other = tmp_path / "other.log"
    other.write_bytes(office.settings.journal.read_bytes().splitlines(keepends=True)[0])
    assert [each.deed for each in journal.read([office.settings.journal])] == [Deed.LIFTED, Deed.SUPPRESSED]
    assert [each.deed for each in journal.read([office.settings.journal, other])] == [Deed.LIFTED, Deed.SUPPRESSED]


def test_what_two_machines_wrote_is_one_journal_in_the_order_of_time(office: Office, tmp_path: Path) -> None:
    journal.note(office, Deed.SUPPRESSED, NOW, "a@example.org", reason="complaint")
    for deed in (Deed.LEFT, Deed.CAME_BACK, Deed.LEFT):  # all within a second
        journal.note(office, deed, NOW + timedelta(hours=2), "b@example.org", lists=["tisk"])
    own = office.settings.journal
    other = replace(office, settings=replace(office.settings, journal=tmp_path / "other.log"))
    journal.note(other, Deed.LIFTED, NOW - timedelta(hours=1), "a@example.org")
    journal.note(other, Deed.LIFTED, NOW + timedelta(hours=1), "a@example.org")
    kept = tmp_path / "kept.log"
    journal_goes_on([own, other.settings.journal, own], kept)
    for files in ([kept], [kept, own], [own, kept], [other.settings.journal, kept, own]):
        deeds = [each.deed for each in journal.read(files)]
        assert deeds == [Deed.LIFTED, Deed.SUPPRESSED, Deed.LIFTED, Deed.LEFT, Deed.CAME_BACK, Deed.LEFT]
    journal_goes_on([kept], kept)
    assert kept.read_text("ascii").count("\n") == 6
