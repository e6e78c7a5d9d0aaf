"""Sending a slice of a mailing over one connection: the one path every message of every mailing takes.

Per message: MAIL, RCPT and DATA up to the relay's 354; one commit that holds this message's intent and the outcome of
the one before; the text and the final dot. So a kill at any point leaves at most one row per connection in doubt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.channels import email
from worker.delivery import identity, ledger
from worker.delivery.ledger import Outcome
from worker.delivery.message import Addressed
from worker.drafting.headings import heading, kept
from worker.drafting.letter import Letter
from worker.drafting.packages import drafts_of, is_bound, is_intact
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import drafts, mailings, packages

SLICE = 200
SLICE_TIME = timedelta(seconds=3)
"""Then the other jobs have their turn: an edit of the plan is taken up while a long mailing goes on."""


@dataclass(frozen=True)
class SliceResult:
    """What a slice came to. `trouble` is why the relay cannot be used now; `tried` counts rows that were attempted."""

    tried: int
    accepted: int
    trouble: str | None = None


class SliceSender:
    """Sends the rows it claims of one mailing under one epoch. `stopping` is asked before every message."""

    def __init__(
        self,
        office: Office,
        connection: email.Outlet,
        epoch: int,
        now: Callable[[], datetime],
        stopping: Callable[[], bool],
    ) -> None:
        self._office = office
        self._connection = connection
        self._epoch = epoch
        self._now = now
        self._stopping = stopping
        self._pending: Outcome | None = None

    def send(self, mailing: Row[Any]) -> SliceResult:
        """Claim the next rows of `mailing` that are due and send them. Nothing stays claimed when it returns.

        Raises HlasatelError, with nothing claimed, when the message itself cannot be built.
        """
        letter = load_letter(self._office, mailing)
        letter.prove()
        database = self._office.database
        with database.write() as tx:
            rows = ledger.claim(tx, mailing.id, self._epoch, self._now(), SLICE)
        tried = accepted = 0
        trouble = None
        began = self._now()
        try:
            for row in rows:
                if self._stopping() or self._now() - began > SLICE_TIME or not self._may_go_on(mailing.id):
                    break
                accepted += self._send_one(mailing, letter, row)
                tried += 1
                if self._too_many(tried - accepted, tried):
                    break
        except email.RelayUnusable as error:
            trouble = str(error)
        finally:
            with database.write() as tx:
                self._write_pending(tx, mailing.id)
                ledger.release(tx, mailing.id, self._epoch)
        return SliceResult(tried, accepted, trouble)

    def _send_one(self, mailing: Row[Any], letter: Addressed, row: Row[Any]) -> int:
        """One message; 1 when the relay accepted it. RelayUnusable leaves the row claimed and its attempt unspent."""
        recipient = row.recipient_id
        try:
            data = letter.message(row)
        except HlasatelError as error:
            reply = email.Reply(0, str(error))
            self._settle(
                mailing.id, Outcome(recipient, DeliveryState.CLAIMED, DeliveryState.FAILED, reply, self._now())
            )
            return 0
        try:
            self._connection.begin(letter.sender, row.address)
        except (email.MessageRefused, email.MessageDeferred) as error:
            self._settle(mailing.id, self._refusal(row, DeliveryState.CLAIMED, error))
            return 0
        if not self._intend(mailing, recipient):
            return 0
        try:
            reply = self._connection.finish(data, row.address)
        except email.RelayUnusable:
            self._pending = Outcome(recipient, DeliveryState.SENDING, DeliveryState.QUEUED, None, self._now())
            raise
        except email.OutcomeUnknown as error:
            reply = email.Reply(0, str(error))
            self._pending = Outcome(recipient, DeliveryState.SENDING, DeliveryState.UNKNOWN, reply, self._now())
            return 0
        except (email.MessageRefused, email.MessageDeferred) as error:
            self._pending = self._refusal(row, DeliveryState.SENDING, error)
            return 0
        self._pending = Outcome(recipient, DeliveryState.SENDING, DeliveryState.SENT, reply, self._now())
        return 1

    def _intend(self, mailing: Row[Any], recipient: int) -> bool:
        """Commit the intent; without it the begun envelope is abandoned, whatever the reason."""
        now, intended = self._now(), False
        try:
            with self._office.database.write() as tx:
                self._write_pending(tx, mailing.id)
                intended = ledger.intend(tx, mailing.id, recipient, mailing.lists, self._epoch, now)
                if not intended:
                    ledger.suppress_if_left(tx, mailing.id, recipient, mailing.lists, self._epoch, now)
            self._pending = None
        except BaseException:
            intended = False
            raise
        finally:
            if not intended:
                self._connection.abandon()
        return intended

    def _settle(self, mailing_id: int, outcome: Outcome) -> None:
        with self._office.database.write() as tx:
            self._write_pending(tx, mailing_id)
            ledger.record(tx, mailing_id, self._epoch, outcome)
        self._pending = None

    def _write_pending(self, tx: Connection, mailing_id: int) -> None:
        """The outcome of the message before, kept until this transaction has committed: the relay told it once."""
        if self._pending is not None:
            ledger.record(tx, mailing_id, self._epoch, self._pending)

    def _refusal(self, row: Row[Any], old: DeliveryState, error: email.SmtpError) -> Outcome:
        now = self._now()
        if isinstance(error, email.MessageRefused):
            return Outcome(row.recipient_id, old, DeliveryState.FAILED, error.reply, now)
        due_at = ledger.retry_at(now, row.attempts)
        return Outcome(row.recipient_id, old, DeliveryState.RETRY, error.reply, now, due_at)

    def _too_many(self, refused: int, tried: int) -> bool:
        """Whether the slice should end early, so that the mailing's brake is looked at before more are refused."""
        limits = self._office.settings.delivery
        return refused >= limits.failure_min and refused > limits.failure_threshold * tried

    def _may_go_on(self, mailing_id: int) -> bool:
        """A pause ordered by a person holds from the next message on."""
        with self._office.database.read() as tx:
            state = tx.execute(select(mailings.c.state).where(mailings.c.id == mailing_id)).scalar_one()
        return bool(state == MailingState.SENDING)


def load_letter(office: Office, mailing: Row[Any]) -> Addressed:
    """What the recipients of `mailing` have in common, from the approved draft and the mailing's own key.

    HlasatelError when the kept bytes are not those that were approved (I4).
    """
    with office.database.read() as tx:
        draft = tx.execute(select(drafts).where(drafts.c.id == mailing.draft_id)).one()
        package = tx.execute(select(packages).where(packages.c.id == draft.package_id)).one()
        whole = is_intact(draft) and is_bound(package, drafts_of(tx, package.id))
    if not whole:
        raise HlasatelError(say("validity.damaged_mailing"))
    letter = Letter(
        office=office,
        occurrence_id=mailing.occurrence_id,
        heading=kept(package.headings, draft.kind) or heading(office, draft.kind),
        list_id=mailing.lists[0],
        subject=draft.subject,
        html=draft.html,
        text=draft.text,
        date=mailing.frozen_at,
    )
    return Addressed(letter, identity.of_mailing(office.settings, mailing.id, mailing.key_id, mailing.domain))
