"""What sending has to reach (the project's goals), and who is measured against whom for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STORES = ("SQLite", "PostgreSQL")
SOURCE, CONTROL, HANGING_UP = "smtp-source", "smtp-source again", "smtp-source, a connection each"
NODEMAILER = "nodemailer"
OURS, POST_OFFICE, ALONE = "Hlasatel, {store}", "django-post_office, {store}", "Hlasatel, {store}, a commit each"


@dataclass(frozen=True)
class Goal:
    """Ours must be so many times as fast as `rival`, a name that may differ by store. `part` is its WHAT.

    Without `at_least` the ratio is told and nothing is wanted of it.
    """

    part: str
    label: str
    rival: str
    at_least: Mapping[str, float]


TABLE = (
    Goal("source", "`smtp-source`, 8 sessions kept open", SOURCE, {"SQLite": 1.0, "PostgreSQL": 1.0}),
    Goal("source", "`smtp-source`, 8 sessions, a connection for every message (its default)", HANGING_UP, {}),
    Goal("nodemailer", "nodemailer pooled, 1 process", NODEMAILER, {"SQLite": 5, "PostgreSQL": 4}),
    Goal("post-office", "django-post_office defaults", POST_OFFICE, {"SQLite": 10, "PostgreSQL": 8}),
    Goal("commits", "the same engine, one commit per message", ALONE, {"SQLite": 2, "PostgreSQL": 2.5}),
)
"""Least times as fast, round by round, median."""

MILLION_TIME, MILLION_MEMORY, MILLION_MIB = 1.1, 1.25, 200
MACHINES = 1.9
FREEZING = 2.0
IMPORTING, IMPORTING_MEMORY = 10.0, 1.25
LEAVING = 1.1
PAGES, GROWTH = 1.5, 1.1
"""With years and many recipients behind it: pages and the start; memory after one more year."""
PACKAGE = 1.0
"""Seconds of CPU time; a package is drafted while somebody waits, "within a second or so"."""
CLIENT_MICROS = 120
