"""Forks a worker of the product whenever it is told (tests/fixtures/forking.py says how)."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

from tests.faults.inside import do, warm_up
from tests.faults.orders import Order
from tests.fixtures.forking import serve


def _work(order: dict[str, Any]) -> None:
    """Carry out the order and be gone, whatever threads a broken edge has left behind."""
    status = 1
    try:
        status = do(Order.read(order["order"]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    warm_up()
    serve(_work)
