"""What an approval binds to: one digest per draft and one per package, SHA-256 over canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

_BOUND = ("name", "media_type", "use", "sha256")
"""What of a file an approval binds to."""


def canonical(value: object) -> bytes:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def draft_bytes(
    kind: str, channel: str, subject: str, html: str, text: str, files: Sequence[Mapping[str, Any]] = ()
) -> bytes:
    """What a draft's digest is made of: everything of it that goes out, as canonical JSON.

    `files` are the entries of the draft's row, each with the SHA-256 of its bytes; without any the bytes are those of a
    draft that was made before drafts had files.
    """
    bound: dict[str, Any] = {"kind": kind, "channel": channel, "subject": subject, "html": html, "text": text}
    if files:
        bound["files"] = [{name: entry[name] for name in _BOUND} for entry in files]
    return canonical(bound)


def draft_digest(
    kind: str, channel: str, subject: str, html: str, text: str, files: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Hex SHA-256 of everything of one draft that goes out."""
    return hashlib.sha256(draft_bytes(kind, channel, subject, html, text, files)).hexdigest()


def package_bytes(
    draft_digests: Sequence[str],
    lists: Mapping[str, Mapping[str, Any]],
    send_at: datetime | None,
    headings: Mapping[str, Mapping[str, str]],
    places: Mapping[str, Mapping[str, Any]] | None = None,
) -> bytes:
    """What a package's digest is made of: the drafts' digests in their order, the lists, the send time, the headings,
    and the media it goes to.

    Of a list its id and definition, never its members. `send_at` must be aware; the same instant in another zone gives
    the same bytes. `headings` is From and Reply-To by kind; without any the bytes are those of a version that was made
    before versions had them; so with `places`, the media by kind.
    """
    if send_at is not None and send_at.tzinfo is None:
        raise ValueError("send_at needs a time zone")
    moment = send_at.astimezone(UTC).isoformat() if send_at is not None else None
    bound = {"drafts": list(draft_digests), "lists": {key: dict(lists[key]) for key in lists}, "send_at": moment}
    if headings:
        bound["headings"] = {kind: dict(headings[kind]) for kind in headings}
    if places:
        bound["places"] = {kind: dict(places[kind]) for kind in places}
    return canonical(bound)


def package_digest(
    draft_digests: Sequence[str],
    lists: Mapping[str, Mapping[str, Any]],
    send_at: datetime | None,
    headings: Mapping[str, Mapping[str, str]],
    places: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Hex SHA-256 of the same."""
    return hashlib.sha256(package_bytes(draft_digests, lists, send_at, headings, places)).hexdigest()
