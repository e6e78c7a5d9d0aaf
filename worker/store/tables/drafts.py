"""What is drafted for an occurrence: packages of drafts, immutable, one version per number."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from worker.store.columns import Instant, Json, RowId, metadata

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
    Column(
        "places",
        Json,
        nullable=False,
        server_default="{}",
        doc="Kind → the media it goes to beside the lists, as shown to the approver; bound as well.",
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
    Column(
        "files",
        Json,
        nullable=False,
        server_default="[]",
        doc="Its files in order: name, form, media_type, use, size, sha256; `draft_files` has their bytes.",
    ),
    UniqueConstraint("package_id", "kind"),
)

draft_files = Table(
    "draft_files",
    metadata,
    Column("draft_id", ForeignKey("drafts.id"), primary_key=True),
    Column("name", Text, primary_key=True, doc="As `drafts.files` has it, with the SHA-256 the content must have."),
    Column("content", LargeBinary, nullable=False),
)
