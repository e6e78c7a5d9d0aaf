"""Packages as they are kept: the drafts of one occurrence under a version and a digest. None is ever changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select

from worker.drafting.digest import draft_digest, package_digest
from worker.drafting.files import File, Use
from worker.drafting.headings import headings
from worker.drafting.make import Rendered, redated, templates_now
from worker.drafting.places import places
from worker.errors import HlasatelError
from worker.feeds.newest import note_uses
from worker.kinds import Finding
from worker.messages import say
from worker.office import Office
from worker.record import events
from worker.store.tables import draft_files, drafts, packages
from worker.template_folder import TemplateFolder
from worker.times import local_day

_SAME = ("kind", "channel", "digest", "subject", "html", "text", "fields", "material", "templates")


_OF_OCCURRENCE = select(packages).where(packages.c.occurrence_id == bindparam("occurrence"))
_LATEST = _OF_OCCURRENCE.order_by(packages.c.version.desc()).limit(1)
_DRAFTS = select(drafts).where(drafts.c.package_id == bindparam("package")).order_by(drafts.c.position)
"""Kept, because every round asks them of each package under way, and putting them together takes as long as asking."""


def latest(tx: Connection, occurrence_id: str) -> Row[Any] | None:
    """The newest version of the occurrence's package."""
    return tx.execute(_LATEST, {"occurrence": occurrence_id}).first()


def drafts_of(tx: Connection, package_id: int) -> Sequence[Row[Any]]:
    """The package's drafts in their order."""
    return tx.execute(_DRAFTS, {"package": package_id}).all()


def kinds_of(tx: Connection, package_id: int) -> Sequence[str]:
    """The kinds of the package's drafts in their order, without reading the texts."""
    kinds = select(drafts.c.kind).where(drafts.c.package_id == package_id).order_by(drafts.c.position)
    return tx.execute(kinds).scalars().all()


def create(
    tx: Connection,
    office: Office,
    occurrence: Row[Any],
    rendered: Sequence[Rendered],
    now: datetime,
    *,
    reason: str,
    author: str | None,
    edited_by: str | None = None,
    whence: str = "",
) -> int:
    """Keep a new version for `occurrence`; its id. The unique key refuses a second one with the same number.

    `author` submitted it, or the one that it renews; `edited_by` is the approver whose own edit it is, if it is one.
    `whence` is from where a person sent it, for the record.
    """
    lists = office.list_definitions(occurrence.lists, occurrence.topics)
    headed = headings(office, [each.kind for each in rendered if each.channel == "email"])
    spread = places(office, occurrence, [each.kind for each in rendered])
    newest = select(func.max(packages.c.version)).where(packages.c.occurrence_id == occurrence.id)
    version = (tx.execute(newest).scalar() or 0) + 1
    digest = package_digest([each.digest for each in rendered], lists, occurrence.send_at, headed, spread)
    package_id: int = tx.execute(
        packages.insert()
        .values(
            occurrence_id=occurrence.id,
            version=version,
            digest=digest,
            headings=headed,
            places=spread,
            send_at=occurrence.send_at,
            lists=lists,
            approvers=list(occurrence.approvers),
            approval=occurrence.approval,
            author=author,
            edited_by=edited_by,
            reason=reason,
            created_at=now,
        )
        .returning(packages.c.id)
    ).scalar_one()
    for position, each in enumerate(rendered):
        _keep(tx, package_id, position, each)
    note_uses(tx, occurrence.id, [each.material for each in rendered])
    besides = {"edited_by": edited_by, "whence": whence, "left_out": _left_out(rendered) if version == 1 else ""}
    known = {name: value for name, value in besides.items() if value}
    events.append(
        tx, "package.made", now, occurrence=occurrence.id, person=author, version=version, reason=reason,
        kinds=[each.kind for each in rendered], digest=digest, **known,
    )  # fmt: skip
    return package_id


def _left_out(rendered: Sequence[Rendered]) -> str:
    """Which parts were left out and why, in sentences for the record."""
    findings = (finding for each in rendered for finding in each.findings)
    return " ".join(finding.message for finding in findings if finding.code.startswith("left-out-"))


def _keep(tx: Connection, package_id: int, position: int, rendered: Rendered) -> None:
    values = {name: getattr(rendered, name) for name in _SAME}
    values["findings"] = [asdict(finding) for finding in rendered.findings]
    values["files"] = [file.entry() for file in rendered.files]
    kept = drafts.insert().values(package_id=package_id, position=position, **values).returning(drafts.c.id)
    draft_id = tx.execute(kept).scalar_one()
    for file in rendered.files:
        tx.execute(draft_files.insert().values(draft_id=draft_id, name=file.name, content=file.content))


def load_files(tx: Connection, draft: Row[Any], *uses: Use) -> tuple[File, ...]:
    """The files of a kept draft in their order, of these `uses` alone or of all.

    HlasatelError when the bytes of one are not those that the draft's digest covers (I4).
    """
    entries = [entry for entry in draft.files if not uses or entry["use"] in uses]
    return tuple(load_file(tx, draft, entry["name"]) for entry in entries)


def has_files(tx: Connection, draft: Row[Any]) -> bool:
    """Whether every file of a kept draft is there with the bytes that its digest covers."""
    try:
        return len(load_files(tx, draft)) == len(draft.files)
    except HlasatelError:
        return False


def load_file(tx: Connection, draft: Row[Any], name: str) -> File:
    """One of its files; HlasatelError when it has none of this name, or when its bytes are not those meant."""
    entry = next((each for each in draft.files if each["name"] == name), None)
    wanted = draft_files.c.draft_id == draft.id, draft_files.c.name == name
    content = tx.execute(select(draft_files.c.content).where(*wanted)).scalar()
    if entry is None or content is None or hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise HlasatelError(say("forms.damaged", name=name))
    return File(name, entry["form"], entry["media_type"], entry["use"], bytes(content))


def renewed(
    tx: Connection, office: Office, occurrence: Row[Any], package: Row[Any], now: datetime, *, reason: str
) -> int:
    """The same drafts as a new version, because something round them has changed; its id.

    A new day is put into them, and one whose templates changed or whose bytes are damaged is rendered again from its
    material, a person's words kept. DraftingError when that cannot be done; then nothing has changed.
    """
    worded = worded_by_people(tx, occurrence.id)
    rows = [_as_of_now(tx, office, draft, package, occurrence, worded=worded) for draft in drafts_of(tx, package.id)]
    return create(tx, office, occurrence, rows, now, reason=reason, author=package.author)


def worded_by_people(tx: Connection, occurrence_id: str) -> bool:
    """Whether a person ever edited the texts: then they are hers, and no template words them anew."""
    edited = or_(packages.c.author.is_not(None), packages.c.edited_by.is_not(None))
    found = select(packages.c.id).where(packages.c.occurrence_id == occurrence_id, edited).limit(1)
    return tx.execute(found).first() is not None


def _as_of_now(
    tx: Connection, office: Office, draft: Row[Any], package: Row[Any], occurrence: Row[Any], *, worded: bool
) -> Rendered:
    """The draft for the occurrence's present day and templates; the very same where neither asks for more."""
    day = local_day(occurrence.send_at)
    templates = templates_now(draft.kind, draft.material, office.templates)
    if day == local_day(package.send_at) and templates == draft.templates and is_intact(draft) and has_files(tx, draft):
        return as_kept(tx, draft)
    return redated(draft.kind, draft.fields, draft.material, day, edited=worded, templates_dir=office.templates)


def as_kept(tx: Connection, draft: Row[Any]) -> Rendered:
    """The very same draft, for another version; HlasatelError when the bytes of a file of it are damaged."""
    findings = tuple(Finding(**finding) for finding in draft.findings)
    return Rendered(
        draft.kind, draft.channel, draft.subject, draft.html, draft.text, draft.fields, draft.material, findings,
        draft.digest, draft.templates, load_files(tx, draft),
    )  # fmt: skip


def has_other_templates(office: Office, draft: Row[Any]) -> bool:
    """Whether the template files are not those it was rendered with; never for one kept before drafts named theirs."""
    kept: str = draft.templates
    return kept != "" and templates_now(draft.kind, draft.material, office.templates) != kept


def comes_out_differently(office: Office, draft: Row[Any], *, worded: bool) -> bool:
    """Whether the draft, made anew with the present templates, is not the same any more.

    `worded`: its texts are people's and stay. DraftingError when it cannot be made anew.
    """
    templates = templates_now(draft.kind, draft.material, office.templates)
    frozen = json.dumps({"fields": draft.fields, "material": draft.material})
    return _digest_made_anew(draft.kind, frozen, worded, office.templates, templates) != str(draft.digest)


@lru_cache(maxsize=100)
def _digest_made_anew(kind: str, frozen: str, worded: bool, folder: TemplateFolder, templates: str) -> str:
    """Kept for as long as neither draft nor `templates` change: it is asked in every round and takes a while."""
    kept = json.loads(frozen)
    day = date.fromisoformat(kept["material"]["occurrence"]["day"])
    return redated(kind, kept["fields"], kept["material"], day, edited=worded, templates_dir=folder).digest


def is_intact(draft: Row[Any]) -> bool:
    """Whether the kept bytes are those that the draft's digest was taken of."""
    digest: str = draft.digest
    return draft_digest(draft.kind, draft.channel, draft.subject, draft.html, draft.text, draft.files) == digest


def is_whole(package: Row[Any], drafts: Sequence[Row[Any]]) -> bool:
    """Whether every kept byte of the package and its drafts is what the digests say."""
    return all(map(is_intact, drafts)) and is_bound(package, drafts)


def is_bound(package: Row[Any], drafts: Sequence[Row[Any]]) -> bool:
    """Whether the package's digest is that of its drafts, lists, send time, headings and media as they are kept."""
    digest: str = package.digest
    digests = [draft.digest for draft in drafts]
    return package_digest(digests, package.lists, package.send_at, package.headings, package.places) == digest
