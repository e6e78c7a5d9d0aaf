"""Jinja templates of drafts: strict, sandboxed, and Czech in their filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from worker.drafting import czech
from worker.drafting.fields import DraftingError
from worker.drafting.markdown import literal, paragraphs, to_html, to_text
from worker.drafting.slots import SLOT_GREETING, SLOT_UNSUBSCRIBE
from worker.drafting.variants import has_variant, variant_folder
from worker.drafting.wrapping import lines, wrap
from worker.kinds import Kind, all_kinds
from worker.messages import say

_UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a template's filters and expressions raise at a value that they were not made for."""


class _Loader(FileSystemLoader):
    """Looks for each of a kind's files in the variant's folder first, also for one that another file includes."""

    def __init__(self, folder: Path, kind: Kind, variant: str | None) -> None:
        super().__init__(folder)
        self._folder = folder
        self._usual = f"{kind.templates}/"
        self._varied = None if variant is None else f"{variant_folder(kind, variant)}/"

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        file = self.file(template)
        source, path, unchanged = super().get_source(environment, file)
        return source, path, lambda: self.file(template) == file and unchanged()

    def file(self, template: str) -> str:
        """The file that stands behind the name `template`, with `/` between parts."""
        if self._varied is not None and template.startswith(self._usual):
            varied = self._varied + template.removeprefix(self._usual)
            if (self._folder / varied).is_file():
                return varied
        return template


class Templates:
    """The templates of one kind. Every method raises DraftingError with template, line and cause."""

    def __init__(self, folder: Path, kind: Kind, variant: str | None = None) -> None:
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

    def _render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except TemplateNotFound as missing:
            raise DraftingError(say("drafting.no_template", template=missing.name or name)) from missing
        except UndefinedError as undefined:
            file = self._loader.file(name)
            raise DraftingError(say("drafting.missing_value", template=file, value=undefined.message)) from undefined
        except TemplateError as broken:
            values = {"template": self._loader.file(name), "line": getattr(broken, "lineno", None) or "?"}
            raise DraftingError(say("drafting.bad_template", **values, cause=broken.message)) from broken
        except _UNFIT as unfit:
            cause = f"{type(unfit).__name__}: {unfit}"
            raise DraftingError(say("drafting.unfit_value", template=self._loader.file(name), cause=cause)) from unfit


@lru_cache(maxsize=100)
def _compiled(folder: Path, kind: Kind, variant: str | None) -> tuple[_Loader, Environment]:
    """The environment that keeps what it has compiled; a template whose file changes is compiled anew."""
    loader = _Loader(folder, kind, variant)
    environment = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=czech.day,
        day_dative=czech.day_dative,
        spoken_day=czech.spoken_day,
        iso_day=czech.iso_day,
        iso_time=czech.iso_time,
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
        literal=literal,
        paragraphs=paragraphs,
        wrap=wrap,
        lines=lines,
    )
    environment.globals.update(greeting=SLOT_GREETING, unsubscribe=SLOT_UNSUBSCRIBE)
    return loader, environment


def _kind_name(kind_id: str) -> str:
    """The Czech name of a kind in running text; a general word for a kind that is no longer built in."""
    kind = all_kinds().get(kind_id)
    return say(kind.label_key if kind else "drafting.kind_other", "cs").lower()
