"""Why a server could not be asked, as a message that both languages can say."""

from __future__ import annotations

from typing import Any

from worker.errors import HlasatelError
from worker.messages import say


class Trouble(HlasatelError):
    """`message_key` names the sentence, `values` fill it and are JSON. `again_after`: seconds the server asked for."""

    def __init__(self, *, message_key: str, again_after: float | None = None, **values: Any) -> None:
        super().__init__(say(message_key, **values))
        self.message_key, self.values, self.again_after = message_key, values, again_after

    def as_json(self) -> dict[str, Any]:
        """As it is kept; `told` says it again."""
        return {"key": self.message_key, "values": self.values}


def told(kept: dict[str, Any] | None) -> str:
    """The sentence of a kept trouble, in the language spoken now; empty without one."""
    return say(kept["key"], **kept["values"]) if kept else ""
