"""How much of the faults is tried, and on which databases.

FAULTS=full tries everything (`make test-faults`), otherwise it is a short form; FAULTS_DATABASE=sqlite or postgresql
tries one half.
"""

from __future__ import annotations

import os

FULL = os.environ.get("FAULTS") == "full"
BOTH = ("sqlite", "postgresql")
SORTS = [os.environ["FAULTS_DATABASE"]] if os.environ.get("FAULTS_DATABASE") else list(BOTH)
if not set(SORTS) <= set(BOTH):
    raise ValueError(f"FAULTS_DATABASE is {' or '.join(BOTH)}")


def runs(short: int, full: int) -> int:
    """How often, or how many: the one in `make test`, the other in `make test-faults`."""
    return full if FULL else short
