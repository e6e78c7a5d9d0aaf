"""Pages and files that are made of templates which came with Hlasatel, none of which an office replaces."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from worker.drafting.typography import keep_together
from worker.messages import language, say
from worker.office import TEMPLATES


def shipped_pages() -> Environment:
    """A new environment: every value is escaped, a missing one is an error. The caller adds what its pages need besides
    `say` and the filter `typeset`.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["say"] = say_typeset
    environment.filters["typeset"] = keep_together
    return environment


def say_typeset(key: str, **values: object) -> str:
    """The catalogue's words as a page shows them: Czech ones with no-break spaces where they belong."""
    said = say(key, **values)
    return keep_together(said) if language() == "cs" else said
