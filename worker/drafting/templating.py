"""Jinja templates of drafts: strict, sandboxed, and Czech in their filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError
from markupsafe import Markup

from worker.drafting import czech
from worker.drafting.fields import DraftingError
from worker.drafting.loader import UNFIT, Compiled, Loader
from worker.drafting.markdown import AsTyped, as_typed, bold, flowing, literal, paragraphs, to_html, to_text
from worker.drafting.qr import qr
from worker.drafting.sandbox import Sandbox, counted
from worker.drafting.slots import SLOT_GREETING, SLOT_UNSUBSCRIBE
from worker.drafting.variants import has_variant, variant_folder
from worker.drafting.wrapping import lines, wrap
from worker.kinds import Kind, find
from worker.kinds.photos import shown_photos
from worker.messages import say
from worker.template_folder import TemplateFolder
from worker.times import format_instant
from worker.typed import moment_in

_COMPILED = Compiled()


class Templates:
    """The templates of one kind. Every method raises DraftingError with template, line and cause."""

    def __init__(self, folder: TemplateFolder, kind: Kind, variant: str | None = None) -> None:
        """`folder` is the root of all templates, `variant` the name of the activity's; DraftingError if it is gone."""
        if variant is not None and not has_variant(folder, kind, variant):
            raise DraftingError(say("drafting.no_variant", variant=variant, folder=variant_folder(kind, variant)))
        self._kind = kind
        self._loader, self._environment = _compiled(folder, kind, variant)

    def fields(self, material: Mapping[str, Any]) -> dict[str, str]:
        """The editable fields as the templates word them: `fields/<id>.md` or `.txt`."""
        folder = f"{self._kind.templates}/fields"
        return {
            field.id: self._render(f"{folder}/{field.id}.{'md' if field.markdown else 'txt'}", material)
            for field in self._kind.fields
        }

    def subject(self, fields: Mapping[str, str], material: Mapping[str, Any]) -> str:
        """The subject, still on as many lines as the template has."""
        return self._render(f"{self._kind.templates}/subject.txt", {**material, "fields": fields})

    def text(self, fields: Mapping[str, str], material: Mapping[str, Any]) -> str:
        """The text part, or the whole of a draft without HTML."""
        return self._render(f"{self._kind.templates}/body.txt", {**material, "fields": fields}).strip("\n") + "\n"

    def html(self, fields: Mapping[str, str], material: Mapping[str, Any]) -> str:
        """The HTML part before inlining; empty for a kind that is plain text."""
        if not self._kind.has_html:
            return ""
        return self._render(f"{self._kind.templates}/body.html", {**material, "fields": fields})

    def laid_out(self, name: str, fields: Mapping[str, str], material: Mapping[str, Any]) -> str:
        """The kind's file `name`, which one of its forms is made from: a `.md` as HTML, anything else as it comes out.

        In a `.md` a field that is no Markdown stands as it was typed.
        """
        if not name.endswith(".md"):
            return self._render(f"{self._kind.templates}/{name}", {**material, "fields": fields})
        typed = {each.id: fields[each.id] if each.markdown else AsTyped(fields[each.id]) for each in self._kind.fields}
        return str(to_html(self._render(f"{self._kind.templates}/{name}", {**material, "fields": typed})))

    def framed(self, name: str, content: str, material: Mapping[str, Any]) -> str:
        """`content` (HTML) within the template `name`, which all kinds share."""
        return self._render(name, {**material, "content": Markup(content)})

    def _render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            with counted():
                return self._environment.get_template(name).render(values)
        except (TemplateError, *UNFIT) as error:
            raise self._loader.broken(name, error) from error


@lru_cache(maxsize=100)
def _compiled(folder: TemplateFolder, kind: Kind, variant: str | None) -> tuple[Loader, Sandbox]:
    """The environment that keeps what it has compiled; a template whose file changes is compiled anew."""
    loader = Loader(folder, kind, variant)
    filters: dict[str, Callable[..., Any]] = dict(
        day=czech.day,
        day_dative=czech.day_dative,
        spoken_day=czech.spoken_day,
        short_day=czech.short_day,
        iso_day=czech.iso_day,
        iso_time=czech.iso_time,
        days_later=czech.days_later,
        period=czech.period,
        listing=czech.listing,
        capital=czech.capital,
        short=czech.without_long_bracket,
        as_of=czech.as_of,
        by_count=czech.by_count,
        evaluated=czech.evaluated,
        within=czech.within,
        ink_on=czech.ink_on,
        kind_name=_kind_name,
        markdown=to_html,
        plain=to_text,
        flowing=flowing,
        literal=literal,
        bold=bold,
        paragraphs=paragraphs,
        moment=_moment,
        shown_photos=shown_photos,
        wrap=wrap,
        lines=lines,
    )
    environment = Sandbox(loader, as_typed, filters, _COMPILED)
    environment.globals.update(greeting=SLOT_GREETING, unsubscribe=SLOT_UNSUBSCRIBE, qr=qr)
    return loader, environment


def _moment(typed: str) -> str:
    """A day and an hour as they stand after "do": `10:00 v úterý 8. prosince 2026 (SEČ)`; as typed if unreadable."""
    instant = moment_in(typed)
    return typed if instant is None else format_instant(instant, "cs", "by")


def _kind_name(kind_id: str) -> str:
    """The Czech name of a kind in running text; a general word for a kind that is no longer built in."""
    kind = find(kind_id)
    return say(kind.label_key if kind else "drafting.kind_other", "cs").lower()
