"""The rounds of the main table: ours on both databases and whoever they are measured against, once in every round."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bench.goals import ALONE, CONTROL, HANGING_UP, NODEMAILER, OURS, POST_OFFICE, SOURCE, STORES, TABLE
from bench.measured import Measured, ratios, summary
from bench.peers.senders import Nodemailer, PostOffice, SmtpSource
from bench.rounds import play
from bench.senders import Hlasatel
from bench.workshop import Workshop

SHARE_OF_SLOW = 4
"""The slowest get a fourth of the messages, or they would take longer than all others together. It does them no harm:
their rate per message does not fall with a shorter queue."""


def measure(shop: Workshop, messages: int, rounds: int, parts: Collection[str]) -> dict[str, object]:
    """Every sender's runs, each goal's ratio by store, and how much smtp-source differs from itself (A/A)."""
    senders = _senders(shop, messages, parts)
    runs = play(senders, rounds)
    rates = {name: [run.rate for run in found] for name, found in runs.items()}
    against = {
        goal.label: {
            store: ratios(rates[OURS.format(store=store)], rates[goal.rival.format(store=store)]).rounded()
            for store in STORES
        }
        for goal in TABLE
        if goal.part in parts
    }
    return {
        "senders": {name: summary(found) for name, found in runs.items()},
        "against": against,
        "noise": ratios(rates[CONTROL], rates[SOURCE]).rounded() if CONTROL in rates else None,
    }


def _senders(shop: Workshop, messages: int, parts: Collection[str]) -> dict[str, Callable[[], Measured]]:
    found: dict[str, Callable[[], Measured]] = {}
    fewer = max(messages // SHARE_OF_SLOW, 1)
    if "source" in parts:
        found[SOURCE] = SmtpSource(shop.folder, messages).run
        found[CONTROL] = SmtpSource(shop.folder, messages).run
        found[HANGING_UP] = SmtpSource(shop.folder, messages, keep=False).run
    for store in shop.stores.values():
        found[OURS.format(store=store.name)] = Hlasatel(shop, store, messages).run
        if "commits" in parts:
            found[ALONE.format(store=store.name)] = Hlasatel(shop, store, fewer, batch=1).run
        if "post-office" in parts:
            found[POST_OFFICE.format(store=store.name)] = PostOffice(shop.folder, fewer, store).run
    if "nodemailer" in parts:
        found[NODEMAILER] = Nodemailer(shop.folder, messages).run
    return found
