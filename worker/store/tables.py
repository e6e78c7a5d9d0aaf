"""The tables, in the order in which a communication passes through them.

Every rule that must hold under concurrency is a constraint here, not a check in code: one package version per number,
one live decision per package, one mailing per draft, one delivery per (mailing, recipient), one notice per reason.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from worker.store.columns import Instant, Json, State, metadata

RowId = BigInteger().with_variant(Integer(), "sqlite")

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("first_start_at", Instant, doc="When the first tick, clock or run saw an empty database; null before."),
    Column("epoch", BigInteger, nullable=False, doc="Counts the holders of the lock; fences off the earlier ones."),
    CheckConstraint("id = 1", name="one_row"),
)

plan_versions = Table(
    "plan_versions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("digest", Text, nullable=False, doc="SHA-256 of the file's bytes, hex."),
    Column("text", Text, nullable=False, doc="The file as it was taken up: the last good plan."),
    Column("taken_up_at", Instant, nullable=False),
    Column(
        "diff",
        Text,
        nullable=False,
        server_default="",
        doc="Unified diff against the version before; empty for the first.",
    ),
    Column("accepted_by", Text, doc="The person who confirmed an edit that drops many occurrences; null: no need."),
)

plan_acceptances = Table(
    "plan_acceptances",
    metadata,
    Column("digest", Text, primary_key=True, doc="Of the very file that was confirmed."),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("live", Integer, unique=True, doc="1 while it holds, then null: one hold at a time."),
    Column("reason", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text, doc="Null when its time was over."),
)

occurrences = Table(
    "occurrences",
    metadata,
    Column("id", Text, primary_key=True, doc="`tiskova-zprava/2026-12`; unique for ever."),
    Column("activity", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("title", Text, nullable=False, doc="What people call it, in the plan's language."),
    Column("window_from", Date, nullable=False),
    Column("window_to", Date, nullable=False, doc="Inclusive."),
    Column("send_at", Instant, doc="When it goes out, or a task is due."),
    Column("planned_send_at", Instant, doc="What the plan said when last read; differs once a person or we moved it."),
    Column("assumed", Boolean, nullable=False, doc="The send time is our assumption, not the plan's word."),
    Column("kinds", Json, nullable=False, doc="Ids of kinds; empty for a task."),
    Column("lists", Json, nullable=False),
    Column("approvers", Json, nullable=False),
    Column("in_charge", Text, nullable=False),
    Column("about", Text, nullable=False, doc="The row in the plan's words, for the person who is handed a task."),
    Column("stages", Json, nullable=False, doc="Stage name → RFC 3339 instant, counted back from `send_at`."),
    Column("state", State, nullable=False),
    Column("state_at", Instant, nullable=False),
    Column("dropped_by", Text, doc="The person who dropped it; null when the plan did, which an edit may take back."),
    Column("optional", Boolean, nullable=False, server_default=false(), doc="The plan is kept without it."),
    Column("crisis", Boolean, nullable=False, server_default=false(), doc="Goes out although everything else is held."),
    Column(
        "origin",
        Text,
        nullable=False,
        server_default="plan",
        doc="plan, watch (a rhythm's reminder) or person; edits touch plan alone.",
    ),
    Column("anchored_to", Text, doc="The occurrence its day is counted from."),
    Column(
        "approval", Text, nullable=False, server_default="one", doc="one, all or in-order: how many approvers it takes."
    ),
    Column("commenters", Json, nullable=False, server_default="[]", doc="Who comments before the approvers are asked."),
    Column("code", Boolean, nullable=False, server_default=false(), doc="A decision takes a one-time code as well."),
    Column(
        "stories", Boolean, nullable=False, server_default=false(), doc="It tells of people, so it takes a consent."
    ),
    Column("project", Text, doc="The project whose funder its texts must name; null where there is none."),
)
Index("ix_occurrences_state_send_at", occurrences.c.state, occurrences.c.send_at)

packages = Table(
    "packages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False, doc="SHA-256 over drafts, lists and send time: what a decision binds to."),
    Column("send_at", Instant, nullable=False),
    Column("lists", Json, nullable=False, doc="List id → its definition as shown to the approver."),
    Column("approvers", Json, nullable=False, doc="Who is asked; another choice makes another version."),
    Column("approval", Text, nullable=False, server_default="one", doc="How many of them it takes, as asked for."),
    Column("audience", Integer, doc="Recipients counted when it was submitted; null before."),
    Column("author", Text, doc="Person who submitted it; null when it went from drafting alone."),
    Column(
        "headings",
        Json,
        nullable=False,
        server_default="{}",
        doc="Kind → From and Reply-To of its mail as shown to the approver; what a decision binds to as well.",
    ),
    Column("edited_by", Text, doc="Approver whose own edit made it; she does not become its author."),
    Column("reason", Text, nullable=False, doc="Why this version exists."),
    Column("created_at", Instant, nullable=False),
    Column("submitted_at", Instant),
    UniqueConstraint("occurrence_id", "version"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("package_id", ForeignKey("packages.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fields", Json, nullable=False, doc="The editable texts."),
    Column("material", Json, nullable=False, doc="Frozen at drafting; an edit renders from it again."),
    Column("findings", Json, nullable=False),
    Column(
        "templates",
        Text,
        nullable=False,
        server_default="",
        doc="Digest of the templates it was rendered with; else empty.",
    ),
    UniqueConstraint("package_id", "kind"),
)

links = Table(
    "links",
    metadata,
    Column(
        "hash", LargeBinary(32), primary_key=True, doc="SHA-256 of the token; the token itself is only in the mail."
    ),
    Column("purpose", Text, nullable=False, doc="approve, edit, task, comment or choose: one salt each."),
    Column("person", Text, nullable=False),
    Column("sent_to", LargeBinary(32), doc="SHA-256 of the address it was mailed to; null for one made before."),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("package_id", ForeignKey("packages.id")),
    Column("created_at", Instant, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("package_id", ForeignKey("packages.id"), nullable=False),
    Column("live", Integer, doc="1, or null once taken back or voided: the unique key lets the first decision win."),
    Column(
        "seat",
        Text,
        nullable=False,
        server_default="",
        doc="The approver in whose seat it was decided; empty where one decision is enough, and for a release.",
    ),
    Column("decision", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("authorisation", Text, nullable=False, server_default="", doc="Number and date of the deputy's zmocnění."),
    Column("emergency", Boolean, nullable=False, server_default=false(), doc="Released by the coordinator alone."),
    Column("comment", Text, nullable=False),
    Column("whence", Text, nullable=False, server_default="", doc="From where: a page and its peer, or a command."),
    Column("signed", Text, nullable=False, server_default="", doc="Name and role as people.yaml had them then."),
    Column("decided_at", Instant, nullable=False),
    UniqueConstraint("package_id", "seat", "live"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("package_id", ForeignKey("packages.id"), doc="The version it speaks of; null when nobody knows."),
    Column("person", Text, nullable=False),
    Column("via", Text, nullable=False, doc="round (the page of a comment round) or reply (a mail)."),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_comments_occurrence_id", comments.c.occurrence_id)

consents = Table(
    "consents",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("subject", Text, nullable=False, doc="Whose, as the office calls the person; never in a log or an event."),
    Column("given_by", Text, nullable=False, doc="person or guardian."),
    Column("until", Date, doc="Last day it holds; null without an end."),
    Column("noted_by", Text, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)
Index("ix_consents_occurrence_id", consents.c.occurrence_id)

codes = Table(
    "codes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person", Text, nullable=False),
    Column("package_id", ForeignKey("packages.id"), nullable=False),
    Column("mac", LargeBinary(32), nullable=False, doc="HMAC of the code; six digits would not survive a plain hash."),
    Column("created_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", Instant),
)
Index("ix_codes_package_id", codes.c.package_id)

incoming = Table(
    "incoming",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True, doc="SHA-256 of the message, so that none is taken in twice."),
    Column("sort", Text, nullable=False, doc="bounce, automatic, reply or stray."),
    Column("at", Instant, nullable=False),
)

recipients = Table(
    "recipients",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Text, nullable=False, unique=True, doc="Case-folded, domain in its ASCII form."),
    Column("name", Text, nullable=False),
    Column("greeting", Text, nullable=False, doc="Empty for the neutral greeting."),
    Column("created_at", Instant, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("list_id", Text, primary_key=True),
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("since", Instant, nullable=False),
)
Index("ix_memberships_recipient_id", memberships.c.recipient_id)

departures = Table(
    "departures",
    metadata,
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("list_id", Text, primary_key=True, doc="The list whose mailings the person has left; memberships stay."),
    Column("left_at", Instant, nullable=False),
    Column("mailing_id", RowId),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True, doc="SHA-256 of the token."),
    Column("purpose", Text, nullable=False, doc="link (once, from a mail), session (a browser) or calendar (a feed)."),
    Column("person", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant, doc="When a link became a session, or a session was ended."),
)

mailings = Table(
    "mailings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("draft_id", ForeignKey("drafts.id"), nullable=False, unique=True),
    Column("lists", Json, nullable=False),
    Column("state", State, nullable=False),
    Column("key_id", Text, nullable=False, doc="Which secret key its Message-IDs and tokens are derived with."),
    Column("domain", Text, nullable=False, doc="Right part of its Message-IDs; a changed From changes none of them."),
    Column("audience", Integer, nullable=False),
    Column("resend_after_crash", Boolean, nullable=False),
    Column("frozen_at", Instant, nullable=False),
    Column("resume_at", Instant, doc="When a paused mailing tries again by itself."),
    Column("pauses", Integer, nullable=False, doc="Pauses in a row without a message accepted in between."),
    Column("reason", Text, nullable=False, doc="Why it is paused; empty otherwise."),
    Column("closed_at", Instant),
    Column("cancelled_at", Instant, doc="When a person called it off: nothing of it is tried again."),
)

slices = Table(
    "slices",
    metadata,
    Column("mailing_id", ForeignKey("mailings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, nullable=False, doc="Lowest recipient of the slice."),
    Column("last", BigInteger, nullable=False, doc="Highest recipient, inclusive."),
    Column("epoch", BigInteger, nullable=False, doc="Counts its takings; what an earlier holder writes finds no row."),
    Column("owner", Text, nullable=False, doc="Who took it last and did not bring it back; empty when all is settled."),
    Column("lease_until", Instant, doc="Until when it is its owner's alone; null when anybody may take it."),
    Column("due_at", Instant, doc="When it next has work; null once every row is final."),
    Column("tallies", Json, nullable=False, doc="State → number of rows, as of the last commit of its holder."),
)

allowances = Table(
    "allowances",
    metadata,
    Column("scope", Text, primary_key=True, doc="`relay/<host:port>` or `domain/<domain>`."),
    Column("began", Instant, nullable=False, doc="When the running period began."),
    Column("used", Integer, nullable=False, doc="Messages granted since."),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("mailing_id", ForeignKey("mailings.id"), primary_key=True),
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("address", Text, nullable=False),
    Column("greeting", Text, nullable=False),
    Column("state", State, nullable=False),
    Column("attempts", Integer, nullable=False, doc="Attempts spent on 4xx answers."),
    Column(
        "copies",
        Integer,
        nullable=False,
        doc="Copies the relay may have accepted: at most 2, unless a person orders one more.",
    ),
    Column("due_at", Instant, doc="When a retry is due."),
    Column("first_try_at", Instant),
    Column("code", Integer, doc="The relay's last reply code."),
    Column("reply", Text, nullable=False, doc="The relay's last reply, the recipient's address taken out."),
    Column("settled_at", Instant),
    Column("unsubscribe_hash", LargeBinary(32), doc="Of a token made before they were derived; null since."),
)
# The state stays out of every index, and half of each page free (migration 0004), so that PostgreSQL can update rows
# in place.
Index("ix_deliveries_recipient_id", deliveries.c.recipient_id)
_HASHED = deliveries.c.unsubscribe_hash.is_not(None)
Index(
    "ix_deliveries_unsubscribe_hash",
    deliveries.c.unsubscribe_hash,
    unique=True,
    sqlite_where=_HASHED,
    postgresql_where=_HASHED,
)

notices = Table(
    "notices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True, doc="The reason, e.g. `ask/17/tiskovy-mluvci`: one mail each."),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("occurrence_id", ForeignKey("occurrences.id")),
    Column("package_id", ForeignKey("packages.id")),
    Column("data", Json, nullable=False),
    Column("state", State, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("reply", Text, nullable=False),
    Column("message_id", Text, doc="Of the mail that carried it, so that an answer or a bounce is known again."),
)
Index("ix_notices_message_id", notices.c.message_id)

events = Table(
    "events",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurrence_id", Text),
    Column("person", Text),
    Column("data", Text, nullable=False, doc="Canonical JSON; people and recipients by id only."),
    Column("previous", Text, nullable=False, doc="Hash of the event before; empty for the first."),
    Column("hash", Text, nullable=False, unique=True),
)
Index("ix_events_occurrence_id", events.c.occurrence_id)
