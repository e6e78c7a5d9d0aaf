"""What an approval binds to: one digest per draft and one per package, SHA-256 over canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


def canonical(value: object) -> bytes:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _sha256(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def draft_digest(kind: str, channel: str, subject: str, html: str, text: str) -> str:
    """Hex digest of everything of one draft that goes out."""
    return _sha256({"kind": kind, "channel": channel, "subject": subject, "html": html, "text": text})


def package_digest(
    draft_digests: Sequence[str], lists: Mapping[str, Mapping[str, Any]], send_at: datetime | None
) -> str:
    """Hex digest of the drafts in their order, the lists' ids and definitions (never members) and the send time.

    `send_at` must be aware; the same instant in another zone gives the same digest.
    """
    if send_at is not None and send_at.tzinfo is None:
        raise ValueError("send_at needs a time zone")
    moment = send_at.astimezone(UTC).isoformat() if send_at is not None else None
    return _sha256(
        {"drafts": list(draft_digests), "lists": {key: dict(lists[key]) for key in lists}, "send_at": moment}
    )
