"""Items of the archive that no database knows."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from worker.archive.items import Item

SINCE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)


def item(number: int = 1, **values: Any) -> Item:
    """One that went out; `kind` and `perex` are its only draft's."""
    perex = values.pop("perex", "Poradna je otevřená.")
    draft: Any = SimpleNamespace(id=number, kind=values.pop("kind", "press-release"), perex=perex)
    whole: dict[str, Any] = {
        "occurrence_id": f"tiskova-zprava/2026-{number}", "title": f"Zpráva {number}", "since": SINCE,
        "drafts": (draft,), "embargo": None, "withdrawn": None, "corrected_by": (), "corrected_at": None,
        "corrects": None, "topics": (),
    }  # fmt: skip
    return Item(**(whole | values))


def withdrawn(at: datetime, reason: str = "Údaje nebyly ověřené.") -> Any:
    return SimpleNamespace(at=at, reason=reason)
