"""The words of the material for the council: the office's template filled with the report, as HTML with marks in it.

Where a table or a chart comes, the template has a paragraph with the mark alone (`parts`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError

from worker.drafting.loader import UNFIT, Loader
from worker.drafting.markdown import AsTyped, as_typed, to_html
from worker.drafting.sandbox import Sandbox, counted
from worker.drafting.typography import typeset_html
from worker.office import Office
from worker.reporting.forms import told
from worker.reporting.forms.told import Group
from worker.reporting.model import Report
from worker.template_folder import TemplateFolder
from worker.times import local_day

TEMPLATE = "documents/council.md"
PARTS = (
    "totals", "quarters", "not_done", "not_known", "indicators", "channels", "counts", "activities", "occurrences",
    "proofs", "new_page",
)  # fmt: skip
_MARK = re.compile(r"§([a-z_]+)§")


def worded(report: Report, office: Office) -> str:
    """The document's HTML. BrokenTemplate, which names the file and the line, where the office's own cannot be used."""
    loader, environment = _compiled(office.templates)
    try:
        with counted():
            text = environment.get_template(TEMPLATE).render(_material(report, office))
    except (TemplateError, *UNFIT) as error:
        raise loader.broken(TEMPLATE, error) from error
    return typeset_html(str(to_html(text)))


def part_of(paragraph: str) -> str | None:
    """The part that a paragraph stands for; None for words."""
    found = _MARK.fullmatch(paragraph.strip())
    return found.group(1) if found else None


@lru_cache(maxsize=10)
def _compiled(folder: TemplateFolder) -> tuple[Loader, Sandbox]:
    loader = Loader(folder)
    return loader, Sandbox(loader, as_typed, {})


def _material(report: Report, office: Office) -> Mapping[str, Any]:
    organisation = office.settings.organisation
    found = told.summary(report)
    started = report.started_on
    texts = {
        "period": told.period(report.span),
        "made_on": told.day(local_day(report.made_at)),
        "started_on": told.day(started) if started and started > report.span.start else "",
        "organisation": {
            "name": organisation.name, "office": organisation.office, "department": organisation.department,
        },
        "coordinator": office.person_name(office.settings.coordinator),
        "plan": {"title": report.plan_title, "place": report.plan_place},
        "not_known": list(report.not_known),
        "indicators": [{"id": each.id, "name": each.name} for each in report.indicators],
    }  # fmt: skip
    numbers = {
        "promised": found.promised, "done": found.done, "extra": len(found.extra), "kept": len(found.kept),
        "broken": len(found.broken), "doubtful": len(found.doubtful),
    }  # fmt: skip
    numbers |= {group.value: found.number(group) for group in Group if group is not Group.DONE}
    return {**_typed(texts), "numbers": numbers, "parts": {name: f"§{name}§" for name in PARTS}}


def _typed(value: Any) -> Any:
    """Every text in it as one that is no Markdown."""
    if isinstance(value, str):
        return AsTyped(value)
    if isinstance(value, dict):
        return {key: _typed(each) for key, each in value.items()}
    return [_typed(each) for each in value]
