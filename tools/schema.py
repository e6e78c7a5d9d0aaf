"""Writes the form of `schedules.yaml` for editors: `make schema`, or `python -m tools.schema`."""

from __future__ import annotations

import json
from pathlib import Path

from worker.plan.reading.schema import json_schema

SCHEMA = Path(__file__).parents[1] / "config" / "schedules.schema.json"


def text() -> str:
    """What the file holds."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(text(), encoding="utf-8")
