"""Where each channel is tried: what it sends to, what of it has come there, and how that breaks."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.fixtures.graph_server import PAGE, TOKEN, Trouble, graph_server
from tests.fixtures.hook_server import SECRET, hook_server
from tests.unit.drafting.sample import ROOT
from worker.channels.base import ChannelError, Message, StopChannel

HOW_TO = ROOT / "docs" / "adding-a-channel.md"


def example() -> str:
    """The channel of `docs/adding-a-channel.md`, as it stands there."""
    found = re.search(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


class World:
    """The surroundings of a channel that sends nothing anywhere; those of others say what has come, and break."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.options: dict[str, Any] = {}
        """As `channels.yaml` would have them."""

    def close(self) -> None:
        """End what was begun for it."""

    def arrived(self) -> int | None:
        """How many texts have come; None where none can be counted."""
        return None

    def unfit(self, message: Message) -> Message | None:
        """The message made into one that the channel cannot express; None where it can express any."""
        return None

    def spoil(self) -> type[ChannelError] | None:
        """Break it; the error that `send` must then raise. None where nothing can break."""
        return None


class ArchiveWorld(World):
    def unfit(self, message: Message) -> Message | None:
        return replace(message, page="")


class FolderWorld(World):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.options = {"path": str(folder), "longest": 300}

    def arrived(self) -> int | None:
        return len(list(self.folder.glob("*.txt")))

    def unfit(self, message: Message) -> Message | None:
        return replace(message, text="x" * 301)

    def spoil(self) -> type[ChannelError] | None:
        shutil.rmtree(self.folder)
        return StopChannel


class FacebookWorld(World):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server = ExitStack()
        self._page = self._server.enter_context(graph_server())
        self._server.enter_context(patch.dict(os.environ, {"HLASATEL_FACEBOOK_TOKEN": TOKEN}))
        self.options = {"page": PAGE, "graph": self._page.address}

    def close(self) -> None:
        self._server.close()

    def arrived(self) -> int | None:
        return len(self._page.posts)

    def unfit(self, message: Message) -> Message | None:
        return replace(message, fields={"text": "Text", "image": "fotka.jpg"})

    def spoil(self) -> type[ChannelError] | None:
        self._page.troubles["feed"] = [Trouble(code=190, status=401)]
        return StopChannel


class WebhookWorld(World):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server = ExitStack()
        self._hook = self._server.enter_context(hook_server())
        self._server.enter_context(patch.dict(os.environ, {"HLASATEL_WEBHOOK_SECRET": SECRET}))
        self.options = {"url": self._hook.url, "internal": ["127.0.0.0/8"]}

    def close(self) -> None:
        self._server.close()

    def spoil(self) -> type[ChannelError] | None:
        self._hook.answers.append((410, {}))
        return StopChannel


WORLDS: dict[str, type[World]] = {
    "archive": ArchiveWorld,
    "facebook": FacebookWorld,
    "folder": FolderWorld,
    "handoff": World,
    "webhook": WebhookWorld,
}
