"""Relays that do anything at any time: every message has exactly one outcome, and the outcome is true."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.fixtures.smtp_server import ACCEPT_AND_HANG_UP, HANG_UP, ScriptedRelay, Then, scripted_relay
from tests.unit.smtp.desk import TEXT, Desk, envelope
from worker.smtp.carrier import Accepted, Deferred, Down, Ready, Refused, Unknown, Unsent

MESSAGES = 60
ANSWERS: dict[str, list[str | Then]] = {
    "CONNECT": [HANG_UP, "421 busy", "554 no", "hello"],
    "EHLO": [HANG_UP, "421 busy", Then("250 rela", hang_up=True)],
    "MAIL": [HANG_UP, "421 busy", "451 later", "552 too big", "what?"],
    "RCPT": [HANG_UP, "421 busy", "450 later", "550 no", Then("550 no", hang_up=True), "550 no", "what?"],
    "DATA": [HANG_UP, "421 busy", "451 later", "554 no", "354 go\n421 bye", "250 what?", Then("354 go", hang_up=True)],
    "DOT": [HANG_UP, ACCEPT_AND_HANG_UP, "421 busy", "452 full", "554 no", "354 what?", "what?", "250 ok\n421 bye"],
    "RSET": [HANG_UP, "421 busy", "500 what?"],
    "TEXT": [HANG_UP, Then("552 too big", hang_up=True), Then("421 busy", hang_up=True)],
}
FAIR = {"CONNECT": "220 relay", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", "DOT": "250 ok", "RSET": "250 ok"}


def disorder(chance: random.Random, relay: ScriptedRelay, often: float) -> None:
    """Have the relay misbehave in the share `often` of its answers, as `chance` has it."""
    offered = "250-relay\n250-PIPELINING\n250 HELP" if chance.random() < 0.7 else "250 relay"
    relay.always("EHLO", offered)
    for verb, wrong in ANSWERS.items():
        # Rules of the relay itself (503 after a refusal) take the place of an answer that is fair.
        fair = FAIR.get(verb, "") if verb in ("CONNECT", "MAIL", "DOT", "RSET") else None
        if verb == "EHLO":
            fair = offered
        for _ in range(MESSAGES * 3):
            if chance.random() < often:
                relay.answer(verb, chance.choice(wrong))
            elif fair is not None:
                relay.answer(verb, fair)


@pytest.mark.parametrize("seed", range(8))
def test_every_message_has_one_outcome_and_it_is_true(seed: int) -> None:
    chance = random.Random(seed)
    print("seed", seed)
    outcomes: dict[int, type] = {}
    with scripted_relay() as first, scripted_relay() as second:
        for relay in (first, second):
            disorder(chance, relay, 0.08)
        both = (first, second)
        with Desk(first.url, chance.randint(1, 4), fallback=second.url if seed % 2 else None) as desk:
            waiting, ready, under_way = list(range(MESSAGES)), list[int](), set[int]()
            for _ in range(2_000):
                assert under_way or not waiting or desk.carrier.room(), "nobody is under way, and nobody may begin"
                while waiting and desk.carrier.room() and chance.random() < 0.9:
                    under_way.add(waiting[0])
                    desk.carrier.begin(envelope(waiting.pop(0)))
                for each in desk.carrier.wait(0.02):
                    if isinstance(each, Down):
                        assert under_way == set()
                    elif isinstance(each, Ready):
                        assert each.ticket in under_way and each.ticket not in ready
                        ready.append(each.ticket)
                    else:
                        under_way.remove(each.ticket)
                        outcomes[each.ticket] = type(each)
                        ready = [ticket for ticket in ready if ticket != each.ticket]
                if ready and chance.random() < 0.8:
                    then = envelope(waiting[0]) if waiting and chance.random() < 0.7 else None
                    if then is not None:
                        under_way.add(waiting.pop(0))
                    desk.carrier.finish(ready.pop(0), [TEXT], then)
                if ready and chance.random() < 0.05:
                    under_way.remove(ready[0])
                    outcomes[ready[0]] = Unsent
                    desk.carrier.abandon(ready.pop(0))
                if not waiting and not under_way:
                    break
    received = Counter(each.recipient for relay in both for each in relay.received)
    assert set(outcomes) == set(range(MESSAGES))
    for ticket, outcome in outcomes.items():
        copies = received[f"r{ticket}@noviny.example.org"]
        most = {Accepted: (1, 1), Unknown: (0, 1), Unsent: (0, 0), Refused: (0, 0), Deferred: (0, 0)}[outcome]
        assert most[0] <= copies <= most[1], (ticket, outcome)
    assert len(set(outcomes.values())) > 2, "the relays were not disorderly enough"
