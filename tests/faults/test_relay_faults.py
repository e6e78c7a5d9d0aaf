"""A relay at its worst: what each fault costs, phase by phase. Nobody is lost; nobody but the doubtful stays open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from tests.faults import scenarios
from tests.faults.checks import check
from tests.faults.conftest import SetStage
from tests.faults.stage import CONNECTIONS, Play
from tests.fixtures.fault_rules import Rule

PEOPLE = 70
SEVENTH = "*@posta3.example.org"
"""A seventh of the people are there."""


@dataclass(frozen=True)
class Fault:
    """What the relay does, and what may come of it: rows that may fail, or be in doubt, at most."""

    rules: tuple[Rule, ...]
    failed: int = 0
    unknown: int = 0
    patience: float = 1.0


def _short(phase: str, reply: str, then: str = "", *, accept: bool | None = None) -> Rule:
    return Rule(phase, reply, then=then, times=3, accept=accept)


TROUBLE = {
    f"{reply.split()[0] if reply else 'nothing'} to {phase}, then {then or 'on'}": Fault((_short(phase, reply, then),))
    for phase, reply, then in (
        ("connect", "421 4.3.2 not now", "close"),
        ("connect", "554 5.3.2 go away", "close"),
        ("connect", "", "close"),
        ("ehlo", "421 4.3.2 not now", "close"),
        ("ehlo", "550 5.7.1 not you", ""),
        ("mail", "421 4.3.2 too many", "close"),
        ("mail", "451 4.3.0 not now", ""),
        ("mail", "550 5.7.1 not you", ""),
        ("mail", "", "close"),
        ("rcpt", "421 4.3.2 too many", "close"),
        ("rcpt", "", "close"),
        ("rcpt", "", "reset"),
        ("rcpt", "hello", ""),
        ("data", "421 4.3.2 too many", "close"),
        ("data", "", "close"),
        ("dot", "421 4.3.2 too many", "close"),
        ("dot", "451 4.3.0 later", ""),
    )
}
FAULTS = TROUBLE | {
    "reset in the middle of the text": Fault((Rule("text", then="reset", times=3),)),
    "stalls before it accepts": Fault((Rule("dot", before=0.3, every=5),)),
    "stalls after it accepted": Fault((Rule("dot", after=0.3, every=5),)),
    "stalls at every command": Fault((Rule("mail", before=0.02), Rule("rcpt", before=0.02), Rule("data", after=0.02))),
    "answers byte by byte": Fault((Rule("dot", drip=0.01, every=5), Rule("rcpt", drip=0.01, every=9))),
    "refuses a domain": Fault((Rule("rcpt", "550 5.1.1 unknown", recipient=SEVENTH),), failed=PEOPLE // 7),
    "refuses texts": Fault((Rule("dot", "554 5.7.1 no", recipient=SEVENTH),), failed=PEOPLE // 7),
    "hangs up at the dot, not accepted": Fault((_short("dot", "", "close", accept=False),), unknown=3),
    "hangs up at the dot, accepted": Fault((_short("dot", "", "close", accept=True),), unknown=3),
    "resets at the dot, accepted": Fault((_short("dot", "", "reset", accept=True),), unknown=3),
    "talks nonsense at the dot": Fault((_short("dot", "what", accept=True),), unknown=3),
    "falls silent at the dot": Fault((_short("dot", "", "deaf", accept=True),), unknown=3, patience=0.001),
    "falls silent at RCPT": Fault((_short("rcpt", "", "deaf"),), patience=0.002),
    "never ends its answer to the dot": Fault(
        (Rule("dot", "250 " + "." * 400, drip=0.05, times=3),), unknown=3, patience=0.002
    ),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_of_the_relay(set_stage: SetStage, name: str) -> None:
    fault = FAULTS[name]
    with set_stage(Play(PEOPLE)) as stage:
        stage.relay.obey(*fault.rules)
        stage.finish(patience=fault.patience)
        states = check(stage, extra=0, unknown=fault.unknown)
        assert states["failed"] == fault.failed
        assert states["unknown"] == fault.unknown
        assert states["sent"] == PEOPLE - fault.failed - fault.unknown
        attempts = Counter(row.attempts for row in stage.rows())
    if name in TROUBLE and "dot" not in name:
        assert set(attempts) == {0}, "trouble with the relay was counted as an attempt of somebody's"


def test_whoever_is_put_off_gets_it_later(set_stage: SetStage) -> None:
    with set_stage(Play(PEOPLE)) as stage:
        scenarios.put_off(stage)


def test_a_relay_that_takes_one_connection_gets_by_with_it(set_stage: SetStage) -> None:
    """Whatever comes after the first connection is told to come later."""
    with set_stage(Play(PEOPLE)) as stage:
        stage.relay.obey(Rule("connect", "421 4.7.0 too many connections", then="close", every=2))
        stage.finish()
        assert check(stage)["sent"] == PEOPLE


@pytest.mark.parametrize("stall", [Rule("dot", before=20), Rule("dot", after=20)], ids=["before", "after"])
@pytest.mark.parametrize("kind", ["newsletter", "press-release"])
def test_killed_while_the_relay_stalls(set_stage: SetStage, stall: Rule, kind: str) -> None:
    with set_stage(Play(CONNECTIONS * 6, kind)) as stage:
        scenarios.killed_in_a_stall(stage, 3, stall)
