"""Messages as bytes (RFC 5322, RFC 2045–2047), the same bytes for the same input.

The standard library writes an encoded-word CRLF in a subject out raw, folds a long List-Unsubscribe address into an
encoded word, and draws a random boundary. So headers and texts are written here, line by line, and every message is
parsed again and compared with what was meant before it leaves; of many that differ in a few places alone, a sample.
"""

from __future__ import annotations

from worker.mime.enclosed import Enclosed
from worker.mime.headers import UnsafeHeader, address, holds_controls
from worker.mime.message import compare, compare_texts, compose, mould
from worker.mime.mould import Mould, Place
from worker.mime.quoted import encoded

__all__ = [
    "Enclosed",
    "Mould",
    "Place",
    "UnsafeHeader",
    "address",
    "compare",
    "compare_texts",
    "compose",
    "encoded",
    "holds_controls",
    "mould",
]
