"""Whose every kind of event is: a person's, a recipient's own, the worker's, or now one's and now the other's.

What a person does names her by id, from where she did it (`page 192.0.2.7`, `command`), and of an occurrence that has
drafts the version (`events.append` adds both). A recipient is named by number and nothing is kept of where she was.
"""

from __future__ import annotations

from enum import StrEnum


class Whose(StrEnum):
    """Who does what an event tells."""

    PERSON = "person"
    EITHER = "either"
    """A person's where one is named."""
    RECIPIENT = "recipient"
    WORKER = "worker"


_PERSON = (
    "archive.themes", "archive.withdrawn", "article.added", "article.changed", "article.removed", "choice.done",
    "choice.done_anew", "choice.dropped", "choice.moved", "choice.new", "code.asked", "code.failed", "comment.given",
    "comment.replied", "consent.noted", "consent.withdrawn", "contribution.given", "contribution.included",
    "contribution.left_out", "copy.released", "correction.begun", "decision.approved", "decision.released",
    "decision.returned", "decision.taken_back", "hold.began", "hold.extended", "indicator.forgotten",
    "indicator.noted", "kit.photo_added", "kit.photo_removed", "list.confirmed", "list.imported", "mailing.again",
    "mailing.cancelled", "mailing.reconciled", "mailing.settled", "medium.resumed", "plan.accepted",
    "publication.again", "publication.called_off", "publication.declined", "publication.removed", "publication.told",
    "recipient.added", "recipient.moved", "recipient.started", "recipient.stopped", "recipient.taken_off",
    "record.exported", "specimen.asked", "task.done", "translation.given",
)  # fmt: skip
_EITHER = (
    "access.address", "access.ended", "date.added", "date.left_out", "date.taken", "publication.down",
    "hold.ended", "mailing.paused", "mailing.resumed", "occurrence.held", "package.made", "plan.taken_up",
    "publication.posted", "recipient.erased",
)  # fmt: skip
_RECIPIENT = (
    "list.joined", "list.left", "recipient.address", "recipient.paused", "recipient.resumed", "recipient.suppressed",
    "recipient.topics",
)  # fmt: skip


def whose(kind: str) -> Whose:
    """Whose an event of this kind is; the worker's for every other."""
    return KINDS.get(kind, Whose.WORKER)


KINDS = {
    **dict.fromkeys(_PERSON, Whose.PERSON),
    **dict.fromkeys(_EITHER, Whose.EITHER),
    **dict.fromkeys(_RECIPIENT, Whose.RECIPIENT),
}
