"""The tables, in the order in which a communication passes through them.

Every rule that must hold under concurrency is a constraint here, not a check in code: one package version per number,
one live decision per package, one mailing per draft, one delivery per (mailing, recipient), one notice per reason.

A file per area; one that is new is imported here, so that the metadata knows it.
"""

from __future__ import annotations

from worker.store.tables.approval import codes, comments, consents, decisions, links
from worker.store.tables.archive import kit_photos, withdrawals
from worker.store.tables.audience import (
    bounces,
    consent_texts,
    departures,
    excluded,
    imports,
    joining_links,
    joinings,
    list_growth,
    list_reviews,
    memberships,
    recipient_links,
    recipient_mails,
    recipient_topics,
    recipients,
    subscriptions,
    suppressions,
)
from worker.store.tables.calendar import calendar_dates
from worker.store.tables.contributions import contribution_photos, contributions
from worker.store.tables.copy import this_copy
from worker.store.tables.delivery import allowances, deliveries, mailing_accounts, mailings, slices
from worker.store.tables.drafts import draft_files, drafts, packages
from worker.store.tables.feeds import feed_items, feed_uses, feeds
from worker.store.tables.people import incoming, notice_files, notices, sign_ins
from worker.store.tables.plan import holds, installation, occurrences, plan_acceptances, plan_versions
from worker.store.tables.postings import postings
from worker.store.tables.publications import media_checks, publications, stops
from worker.store.tables.record import events, seals
from worker.store.tables.reporting import articles, indicator_facts
from worker.store.tables.watch import alerts, canaries, heartbeats

__all__ = [
    "alerts",
    "allowances",
    "articles",
    "bounces",
    "calendar_dates",
    "canaries",
    "codes",
    "comments",
    "consent_texts",
    "consents",
    "contribution_photos",
    "contributions",
    "decisions",
    "deliveries",
    "departures",
    "draft_files",
    "drafts",
    "events",
    "excluded",
    "feed_items",
    "feed_uses",
    "feeds",
    "heartbeats",
    "holds",
    "imports",
    "incoming",
    "indicator_facts",
    "installation",
    "joining_links",
    "joinings",
    "kit_photos",
    "links",
    "list_growth",
    "list_reviews",
    "mailing_accounts",
    "mailings",
    "media_checks",
    "memberships",
    "notice_files",
    "notices",
    "occurrences",
    "packages",
    "plan_acceptances",
    "plan_versions",
    "postings",
    "publications",
    "recipient_links",
    "recipient_mails",
    "recipient_topics",
    "recipients",
    "seals",
    "sign_ins",
    "slices",
    "stops",
    "subscriptions",
    "suppressions",
    "this_copy",
    "withdrawals",
]
