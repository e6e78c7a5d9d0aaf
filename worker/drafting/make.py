"""From material to a draft: fields from their templates, then the layout around them.

`draft` and `redraft` share one path: a draft is what redrafting its own fields gives, so an edit that changes nothing
gives the same digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker.drafting.digest import draft_digest
from worker.drafting.fields import DraftingError, settled
from worker.drafting.files import File, images, make_files, make_images
from worker.drafting.inline import inline
from worker.drafting.markdown import to_text
from worker.drafting.pictures import pictures_of
from worker.drafting.slots import holds_slot, slots_of
from worker.drafting.template_files import templates_digest
from worker.drafting.typography import typeset, typeset_html
from worker.drafting.variants import has_variant
from worker.kinds import Finding, Kind, all_kinds, find
from worker.messages import office_language, say, speaking
from worker.template_folder import TemplateFolder
from worker.times import PRAGUE

if TYPE_CHECKING:
    from worker.drafting.templating import Templates
    from worker.plan.model import Activity, Occurrence
    from worker.settings import Organisation, Person, Project

DEFAULT_TEMPLATES = TemplateFolder(Path(__file__).resolve().parents[2] / "templates")

__all__ = [
    "DEFAULT_TEMPLATES",
    "DraftContext",
    "DraftingError",
    "Rendered",
    "draft",
    "freeze",
    "redated",
    "redraft",
    "templates_now",
]


@dataclass(frozen=True)
class DraftContext:
    """What one draft is made of; `material` is source id → JSON as gathered, `contact` whom the press may ask."""

    organisation: Organisation
    contact: Person
    occurrence: Occurrence
    activity: Activity
    material: Mapping[str, Any]
    templates_dir: TemplateFolder = field(default=DEFAULT_TEMPLATES)
    project: Project | None = None
    """Whose funder every text must name."""
    body: str = ""
    """What the body is called whose own a draft is; it takes what that body sent in from `material` alone."""
    without: tuple[str, ...] = ()
    """What those bodies are called that the package has none of."""
    page: str = ""
    """Where the public reads the occurrence once it went out; its mails lead there."""


@dataclass(frozen=True)
class Rendered:
    """One draft. `html` is empty for a kind that has none; `material` is frozen JSON, enough to render it again."""

    kind: str
    channel: str
    subject: str
    html: str
    text: str
    fields: dict[str, str]
    material: dict[str, Any]
    findings: tuple[Finding, ...]
    digest: str
    templates: str
    """Digest of the template files that were there when it was rendered."""
    files: tuple[File, ...] = ()


def draft(kind: str, context: DraftContext) -> Rendered:
    """The draft of `kind` with its fields as the templates word them; DraftingError when a value is missing."""
    of_kind = _kind(kind)
    frozen = freeze(of_kind, context)
    templates = _templates(of_kind, frozen, context.templates_dir)
    return redraft(kind, templates.fields(frozen), frozen, context.templates_dir)


def redraft(
    kind: str, fields: Mapping[str, str], frozen: Mapping[str, Any], templates_dir: TemplateFolder = DEFAULT_TEMPLATES
) -> Rendered:
    """The draft of `kind` with a person's `fields` and the `material` of an earlier draft."""
    of_kind = _kind(kind)
    own = settled(of_kind, fields)
    of_files = templates_now(kind, frozen, templates_dir)  # first: what changes while it is rendered is seen later
    templates = _templates(of_kind, frozen, templates_dir)
    subject = " ".join(typeset(templates.subject(own, frozen)).split())
    text = typeset(templates.text(own, frozen))
    with speaking(office_language()):
        pictures = make_images(of_kind, subject, own, frozen, templates)
        look = pictures_of(templates_dir, frozen.get("project"))
    shown = look.files(of_kind, frozen)
    seen = {**frozen, "images": images(pictures.files), "pictures": look.in_mail(shown)}
    html = templates.html(own, seen)
    if html:
        html = finished(html)
    _refuse_spelt_slots(of_kind, own, seen, templates, (text, html))
    with speaking(office_language()):
        files = make_files(of_kind, subject, own, frozen, templates, look)
        lacking = look.findings(frozen.get("project"), shown, html)
        remarks = (*of_kind.lint(own, frozen), *pictures.findings, *files.findings, *lacking)
    enclosed = (*pictures.files, *shown, *files.files)
    return Rendered(
        kind=kind,
        channel=of_kind.channel,
        subject=subject,
        html=html,
        text=text,
        fields=own,
        material=dict(frozen),
        findings=tuple(sorted(remarks, key=lambda finding: finding.level)),
        digest=draft_digest(kind, of_kind.channel, subject, html, text, [file.entry() for file in enclosed]),
        templates=of_files,
        files=enclosed,
    )


@lru_cache(maxsize=8)  # some 100 kB each: what is asked anew, let go or compared has mostly kept its words
def finished(html: str) -> str:
    """What a layout gave, typeset and with its styles in its elements."""
    return inline(typeset_html(html))


def redated(
    kind: str,
    fields: Mapping[str, str],
    frozen: Mapping[str, Any],
    day: date,
    *,
    edited: bool,
    templates_dir: TemplateFolder = DEFAULT_TEMPLATES,
) -> Rendered:
    """The draft with `fields` and `frozen` for another send `day` (Prague calendar), from the same material.

    Fields that the templates worded are worded anew. What a person `edited` is kept; from then on the lint warns of
    each field that still names the former day.
    """
    of_kind = _kind(kind)
    occurrence = frozen["occurrence"]
    former = [*occurrence.get("moved_from", []), occurrence["day"]] if edited else []
    moved_from = sorted(set(former) - {day.isoformat()})
    moved = {**frozen, "occurrence": {**occurrence, "day": day.isoformat(), "moved_from": moved_from}}
    wording = fields if edited else _templates(of_kind, moved, templates_dir).fields(moved)
    return redraft(kind, wording, moved, templates_dir)


def templates_now(kind: str, frozen: Mapping[str, Any], templates_dir: TemplateFolder = DEFAULT_TEMPLATES) -> str:
    """Hex digest of the template files that a draft with this material would be rendered with now."""
    project = (frozen.get("project") or {}).get("id")
    return templates_digest(templates_dir, _kind(kind), frozen["activity"].get("template"), project)


def _refuse_spelt_slots(
    kind: Kind, fields: Mapping[str, str], frozen: Mapping[str, Any], templates: Templates, made: tuple[str, str]
) -> None:
    """DraftingError when text and HTML hold other slots than the layout has of its own.

    Markdown turns an escape or an entity into the character it stands for, so a slot may appear that no field spells.
    The layout is seen with a word in each field that is filled, because it may leave out the part of an empty one.
    """
    words = {name: "x" if text else "" for name, text in fields.items()}
    layout = templates.text(words, frozen), templates.html(words, frozen)
    if [slots_of(part) for part in made] != [slots_of(part) for part in layout]:
        spelt = [field for field in kind.fields if holds_slot(to_text(fields[field.id]))] or kind.fields
        raise DraftingError(say("drafting.slot_in_field", part=", ".join(say(field.label_key) for field in spelt)))


def _templates(kind: Kind, frozen: Mapping[str, Any], folder: TemplateFolder) -> Templates:
    """The templates that `frozen` was first drafted with; material kept before there were variants names none."""
    from worker.drafting.templating import Templates  # brings in jinja2, and most ticks draft nothing

    return Templates(folder, kind, frozen["activity"].get("template"))


def _kind(kind_id: str) -> Kind:
    kind = find(kind_id)
    if kind is None:
        raise DraftingError(say("drafting.unknown_kind", kind=kind_id, known=", ".join(sorted(all_kinds()))))
    return kind


def freeze(kind: Kind, context: DraftContext) -> dict[str, Any]:
    """Everything the templates may name, as JSON."""
    occurrence, activity = context.occurrence, context.activity
    if occurrence.send_at is None:
        raise DraftingError(say("drafting.no_send_day", occurrence=occurrence.id))
    missing = [source for source in kind.sources if source not in context.material]
    if missing:
        raise DraftingError(say("drafting.no_material", occurrence=occurrence.id, sources=", ".join(missing)))
    written = activity.as_written
    # A kind without a folder for the activity's variant is drafted as usual, also if it gets one later.
    varied = activity.template is not None and has_variant(context.templates_dir, kind, activity.template)
    return {
        "organisation": context.organisation.model_dump(mode="json"),
        "contact": {name: getattr(context.contact, name) for name in ("id", "name", "role", "email", "phone")},
        "occurrence": {
            "id": occurrence.id,
            "period": occurrence.period,
            "window": {"from": occurrence.window.start.isoformat(), "to": occurrence.window.end.isoformat()},
            "day": occurrence.send_at.astimezone(PRAGUE).date().isoformat(),
            "kinds": list(occurrence.kinds),
            "page": context.page if kind.public else "",
            **({"body": context.body} if kind.body else {}),
            **({"without": list(context.without)} if context.without else {}),
        },
        "activity": {
            "id": activity.id,
            "name": written.activity,
            "target": written.target,
            "topic": written.topic,
            "periodicity": written.periodicity,
            "template": activity.template if varied else None,
        },
        "project": context.project.model_dump(mode="json") if context.project else None,
        "sources": {source: context.material[source] for source in kind.sources},
    }
