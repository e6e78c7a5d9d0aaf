"""What is read from a JSON column is its reader's own, although the same text is not read twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from worker.store.columns import read_json

VALUES = [
    [],
    {},
    ["media"],
    {"draft": "2026-11-27T10:00:00+01:00"},
    [["a"]],
    {"a": {"b": []}},
    5,
    "x",
    None,
    ["x" * 2000],
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("as_bytes", [False, True])
def test_it_reads_as_json_does(value: Any, as_bytes: bool) -> None:
    text = json.dumps(value)
    for _ in range(2):
        assert read_json(text.encode() if as_bytes else text) == value


def test_whoever_changes_it_changes_nobody_elses() -> None:
    read_json('["media"]').append("vsichni")
    read_json('{"a": "b"}').clear()
    read_json('{"lists": ["media"]}')["lists"].clear()
    assert read_json('["media"]') == ["media"]
    assert read_json('{"a": "b"}') == {"a": "b"}
    assert read_json('{"lists": ["media"]}') == {"lists": ["media"]}
