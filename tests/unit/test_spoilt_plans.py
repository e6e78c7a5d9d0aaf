"""Shipped plans spoilt at random: whatever comes of it is a plan or faults with a place, and takes a moment."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.errors import InvalidFiles
from worker.plan.model import Vocabulary
from worker.plan.reading.load import parse_plan

ROOT = Path(__file__).parents[2]
SECONDS = 3
"""Of processor time; a fifth of a second is usual, and this is measured beside other tests."""
SHIPPED = [
    path.read_bytes() for path in sorted([ROOT / "schedules.yaml", *(ROOT / "examples").glob("*/schedules.yaml")])
]
WORDS = [
    "zaří", "31. 2. 2026", "0x", "7 dní po newsletter", "průběžně", "1–2x týdně", "6/2018–01/2020 – 999 akcí",
    "2026-W53", "exceptions: {2026: {drop: x}}", "watch: 9x za 99 let", "*a", "&a ", "!!x ", "<<: ", "- ", "\t",
    "[", "}", "'", '"', "| ", ": ", "\u00a0", "\u2028", "\x85", "\ufeff", "\r", "-1", "9" * 20, "{0}", "%s", "²",
    "٣", "null", "x" * 3000,
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_spoilt_plan_escapes_as_anything_but_faults(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(SHIPPED)).split(b"\n")
    for _ in range(data.draw(st.integers(1, 4))):
        number = data.draw(st.integers(0, len(lines) - 1))
        key, colon, value = lines[number].partition(b": ")
        word = data.draw(st.sampled_from(WORDS)).encode()
        place = data.draw(st.integers(0, len(value)))
        lines[number : number + 1] = data.draw(
            st.sampled_from(
                [
                    [],
                    [lines[number]] * 2,
                    [b"  " + lines[number]],
                    [key + colon + word],
                    [key + colon + value[:place] + word + value[place:]],
                    [lines[number][:place] + lines[number][place + 1 :]],
                ]
            )
        ) or [b""]  # fmt: skip
    started = time.process_time()
    try:
        parse_plan(b"\n".join(lines), "f", Vocabulary(None, None, None))
    except InvalidFiles as error:
        assert all(fault.line > 0 and fault.column > 0 for fault in error.faults)
        assert all("\n" not in fault.message for fault in error.faults)
    assert time.process_time() - started < SECONDS
