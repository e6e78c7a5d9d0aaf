"""The dossier of one occurrence as records: its versions, decisions, mailings, and the lines of the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from worker.record.comments import Comment
from worker.record.consents import Consent
from worker.record.events import Event


@dataclass(frozen=True)
class Draft:
    """One draft of a version. `text` is to be read, `exact` what its digest is made of; `html` is empty without one.

    `sender` and `answers` are the names in From and Reply-To, empty where there is no mail or they were not kept yet.
    `files` are those it came with, by name, with the SHA-256 of each.
    """

    kind: str
    name: str
    sender: str
    answers: str
    subject: str
    text: str
    html: str
    digest: str
    exact: str
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class List:
    """A list as it was shown to the approver: what it is called and which it includes, never who is on it."""

    id: str
    name: str
    description: str
    includes: tuple[str, ...]


@dataclass(frozen=True)
class Version:
    """One version of the package; people by name. `exact` is what its digest is made of."""

    number: int
    row: Row[Any]
    reason: str
    made_by: str
    edited_by: str
    approvers: tuple[str, ...]
    lists: tuple[List, ...]
    drafts: tuple[Draft, ...]
    exact: str


@dataclass(frozen=True)
class Decision:
    """One decision; `kind` is approve, return or release.

    `valid` is false once it was taken back, or void because something else would have gone out; `ended` then says so.
    """

    kind: str
    what: str
    who: str
    role: str
    on_behalf_of: str
    approver_role: str
    authorisation: str
    version: int
    digest: str
    at: datetime
    whence: str
    comment: str
    by_code: bool
    valid: bool
    ended: str


@dataclass(frozen=True)
class Contributed:
    """One contribution as it came, and what became of it; people by name, the one who consented by none."""

    number: int
    who: str
    signed: str
    at: datetime
    text: str
    photo: str
    people: str
    choice: str
    chosen_by: str
    chosen_at: datetime | None
    note: str


@dataclass(frozen=True)
class Mailing:
    """What became of one draft: how many were to get it, and how many of them came to which end."""

    name: str
    lists: tuple[str, ...]
    begun_at: datetime
    closed_at: datetime | None
    audience: int
    ends: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Line:
    """One line of the record in words."""

    event: Event
    text: str


@dataclass(frozen=True)
class Contents:
    """The whole. `record_whole` says whether the chain of the record held when the dossier was made."""

    occurrence: Row[Any]
    decisions: tuple[Decision, ...]
    versions: tuple[Version, ...]
    comments: tuple[Comment, ...]
    consents: tuple[Consent, ...]
    contributions: tuple[Contributed, ...]
    mailings: tuple[Mailing, ...]
    lines: tuple[Line, ...]
    record_length: int
    record_whole: bool
