"""Who is asked, by which link, and what was decided, commented and consented to."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
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

from worker.store.columns import Instant, RowId, metadata

links = Table(
    "links",
    metadata,
    Column(
        "hash", LargeBinary(32), primary_key=True, doc="SHA-256 of the token; the token itself is only in the mail."
    ),
    Column(
        "purpose",
        Text,
        nullable=False,
        doc="approve, edit, task, comment, choose, contribute or publish: one salt each.",
    ),
    Column("person", Text, nullable=False),
    Column("sent_to", LargeBinary(32), doc="SHA-256 of the address it was mailed to; null for one made before."),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("package_id", ForeignKey("packages.id")),
    Column("publication_id", RowId, doc="What somebody was handed to publish."),
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
