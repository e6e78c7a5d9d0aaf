"""What of the journals of erasures is to be done again in a restored copy: what its backup does not hold yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from worker.audience import journal
from worker.audience.journal import Deed, Entry
from worker.upkeep.backup import manifest
from worker.upkeep.backup.manifest import Manifest

MARGIN = timedelta(hours=1)
"""So much older than the backup is what is done again in any case: a line is written before its commit."""
_TAKEN_BACK_BY = {Deed.ERASED: Deed.LIFTED, Deed.SUPPRESSED: Deed.LIFTED, Deed.LEFT: Deed.CAME_BACK}


def since(backup: Path, told: Manifest, journals: Sequence[Path]) -> list[Entry]:
    """Lines in the order of their times: those since the backup, and older ones that its own journal does not have.

    The older ones are of a clock that was wrong, or of another machine. Of them only what keeps somebody from being
    written to is done, and not what was taken back since by any machine.
    """
    own = backup / manifest.JOURNAL
    known = set(journal.read([own])) if own in journals else set()
    every = journal.read(journals)
    back: dict[tuple[bytes, Deed], list[Entry]] = defaultdict(list)
    for each in every:
        back[each.hash, each.deed].append(each)

    def still(entry: Entry) -> Entry | None:
        if (opposite := _TAKEN_BACK_BY.get(entry.deed)) is None:
            return None
        later = [each for each in back[entry.hash, opposite] if each.at >= entry.at]
        if not entry.lists:
            return None if later else entry
        left = set(entry.lists).difference(*(each.lists for each in later))
        return replace(entry, lists=tuple(sorted(left))) if left else None

    found = (each if each.at >= told.taken_at - MARGIN else None if each in known else still(each) for each in every)
    return [each for each in found if each is not None]
