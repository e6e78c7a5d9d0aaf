"""What a restore does again of journals of several machines, whose clocks may have been wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from worker.times import rfc3339
from worker.upkeep.backup.manifest import JOURNAL, Manifest
from worker.upkeep.backup.since import since

TAKEN = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)
Line = tuple[timedelta, str, int, tuple[str, ...]]


def file_of(path: Path, *lines: Line) -> Path:
    told = [
        {"at": rfc3339(TAKEN + at), "did": did, "key": "k", "hash": f"{who:064x}"} | ({"lists": lists} if lists else {})
        for at, did, who, lists in lines
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in told), encoding="ascii")
    return path


def again(folder: Path, own: list[Line], other: list[Line]) -> list[tuple[str, int, tuple[str, ...]]]:
    """Deed, whose and which lists, of the backup's own journal and another machine's."""
    told = Manifest(TAKEN, "1", "0008", "sqlite", "c", 1, "", (), None, (), ())
    files = [file_of(folder / JOURNAL, *own), file_of(folder / "other.log", *other)]
    return [(str(each.deed), int.from_bytes(each.hash), each.lists) for each in since(folder, told, files)]


def test_what_the_backup_holds_is_not_done_again_and_what_followed_is(tmp_path: Path) -> None:
    own: list[Line] = [(-DAY, "erased", 1, ())]
    assert again(tmp_path, own, [*own, (DAY, "erased", 2, ())]) == [("erased", 2, ())]


def test_of_a_clock_that_was_behind_only_what_keeps_mail_away_is_done(tmp_path: Path) -> None:
    late: list[Line] = [(-DAY, "erased", 1, ()), (-DAY, "left", 2, ("media",)), (-DAY, "lifted", 3, ())]
    assert again(tmp_path, [], late) == [("erased", 1, ()), ("left", 2, ("media",))]


def test_what_another_machine_noted_is_not_done_where_it_was_taken_back_since(tmp_path: Path) -> None:
    other: list[Line] = [
        (-9 * DAY, "left", 1, ("media", "obce")), (-9 * DAY, "suppressed", 2, ()), (-DAY, "came_back", 3, ("media",)),
    ]  # fmt: skip
    own: list[Line] = [
        (-8 * DAY, "came_back", 1, ("media",)), (-8 * DAY, "lifted", 2, ()), (-DAY, "left", 3, ("media",)),
    ]  # fmt: skip
    assert again(tmp_path, own, other) == [("left", 1, ("obce",))]
