"""`python -m bench.ours CONFIG URL PORT [BATCH]`: sends what is frozen there with the product's own parts.

A process of its own, so that its memory and CPU time are those of sending alone. Prints one line of JSON: messages
accepted, seconds from the first slice taken to the last brought back, CPU seconds in between, MiB at most. BATCH is
the number of connections whose intents share a commit; 1 is what the group commit is measured against.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.prepared import office_at
from bench.usage import own_peak
from worker.delivery import engine, slices
from worker.office import Office
from worker.smtp.relays import RelayCarrier

OWNER = "bench"
TURN = 3.0
"""Seconds, as long as the job `deliver` sends before the other jobs have theirs."""


def send_all(office: Office, batch: int) -> int:
    """Take, send and free one slice after the other until none is due; messages accepted."""
    carrier, accepted = RelayCarrier(office.relay), 0
    try:
        while True:
            with office.database.write() as tx:
                hold = slices.take(tx, OWNER, _now())
            if hold is None:
                return accepted
            until = time.monotonic() + TURN
            result = engine.send_slice(office, carrier, hold, _now, lambda: False, until, batch=batch)
            accepted += result.accepted
            if result.trouble is not None:
                raise RuntimeError(result.trouble)
            with office.database.write() as tx:
                slices.free(tx, hold, _now())
    finally:
        carrier.close()


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    config, url, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    batch = int(sys.argv[4]) if len(sys.argv) > 4 else engine.BATCH
    office = office_at(url, config, port)
    began, used = time.monotonic(), time.process_time()
    accepted = send_all(office, batch)
    seconds, cpu = time.monotonic() - began, time.process_time() - used
    office.database.close()
    print(json.dumps({"messages": accepted, "seconds": seconds, "cpu": cpu, "memory": own_peak()}))


if __name__ == "__main__":
    main()
