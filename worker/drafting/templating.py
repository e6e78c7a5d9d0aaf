"""Jinja templates of drafts: strict, sandboxed, and Czech in their filters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from worker.drafting import czech
from worker.drafting.fields import DraftingError
from worker.drafting.markdown import paragraphs, to_html, to_text
from worker.drafting.slots import SLOT_GREETING, SLOT_UNSUBSCRIBE
from worker.drafting.wrapping import lines, wrap
from worker.kinds import Kind, all_kinds
from worker.messages import say


class Templates:
    """The templates of one folder. Every method raises DraftingError with template, line and cause."""

    def __init__(self, folder: Path) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=lambda name: bool(name and name.endswith(".html")),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            day=czech.day,
            day_dative=czech.day_dative,
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
            paragraphs=paragraphs,
            wrap=wrap,
            lines=lines,
        )
        self._environment.globals.update(greeting=SLOT_GREETING, unsubscribe=SLOT_UNSUBSCRIBE)

    def fields(self, kind: Kind, material: Mapping[str, Any]) -> dict[str, str]:
        """The editable fields as the templates word them: `fields/<id>.md` or `.txt`."""
        return {
            field.id: self._render(f"{kind.templates}/fields/{field.id}.{'md' if field.markdown else 'txt'}", material)
            for field in kind.fields
        }

    def subject(self, kind: Kind, fields: Mapping[str, str], material: Mapping[str, Any]) -> str:
        """The subject, still on as many lines as the template has."""
        return self._render(f"{kind.templates}/subject.txt", {**material, "fields": fields})

    def text(self, kind: Kind, fields: Mapping[str, str], material: Mapping[str, Any]) -> str:
        """The text part, or the whole of a draft without HTML."""
        return self._render(f"{kind.templates}/body.txt", {**material, "fields": fields}).strip("\n") + "\n"

    def html(self, kind: Kind, fields: Mapping[str, str], material: Mapping[str, Any]) -> str:
        """The HTML part before inlining; empty for a kind that is plain text."""
        if not kind.has_html:
            return ""
        return self._render(f"{kind.templates}/body.html", {**material, "fields": fields})

    def _render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except TemplateNotFound as missing:
            raise DraftingError(say("drafting.no_template", template=missing.name or name)) from missing
        except UndefinedError as undefined:
            raise DraftingError(say("drafting.missing_value", template=name, value=undefined.message)) from undefined
        except TemplateError as broken:
            line = getattr(broken, "lineno", None) or "?"
            raise DraftingError(
                say("drafting.bad_template", template=name, line=line, cause=broken.message)
            ) from broken


def _kind_name(kind_id: str) -> str:
    """The Czech name of a kind in running text; a general word for a kind that is no longer built in."""
    kind = all_kinds().get(kind_id)
    return say(kind.label_key if kind else "drafting.kind_other", "cs").lower()
