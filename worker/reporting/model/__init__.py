"""A report as data: every form of it shows this and works out nothing. Days are Prague days, instants UTC.

Numbers are lengths of lists: whatever is counted names what it counted.
"""

from __future__ import annotations

from worker.reporting.model.accounted import (
    COUNTED_AS_DONE,
    Account,
    ActivityAccount,
    Outcome,
    Promise,
    Proof,
    ProofKind,
    Turn,
)
from worker.reporting.model.counted import Article, By, Count, Indicator, Item, Publisher
from worker.reporting.model.report import Report

__all__ = [
    "COUNTED_AS_DONE",
    "Account",
    "ActivityAccount",
    "Article",
    "By",
    "Count",
    "Indicator",
    "Item",
    "Outcome",
    "Promise",
    "Proof",
    "ProofKind",
    "Publisher",
    "Report",
    "Turn",
]
