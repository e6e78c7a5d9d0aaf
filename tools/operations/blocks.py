"""The commands of a document as a reader types them: the `sh` blocks of one section, in order."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
OPERATIONS = PROJECT / "docs" / "operations.md"


def blocks(section: str, document: Path = OPERATIONS) -> list[str]:
    """The `sh` blocks under the heading `## section`, up to the next one; ValueError if there is none."""
    found = re.search(
        rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", document.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    commands = re.findall(r"^```sh\n(.*?)^```$", found[1], re.DOTALL | re.MULTILINE) if found else []
    if not commands:
        raise ValueError(f"{document.name} has no commands under '{section}'")
    return commands


def with_own_values(block: str, own: dict[str, str]) -> str:
    """The block of `NAME=value` lines with `own` values in them; ValueError unless it asks for exactly these."""
    asked = re.findall(r"^([A-Z]+)=", block, re.MULTILINE)
    if set(asked) != set(own):
        raise ValueError(f"the document asks for {asked}, and {sorted(own)} are at hand")
    return "".join(f"{name}={own[name]}\n" for name in asked)
