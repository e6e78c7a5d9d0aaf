"""The report for a browser: one file, without scripts, that prints well."""

from __future__ import annotations

from typing import ClassVar

from worker.office import Office
from worker.reporting.forms.base import Form
from worker.reporting.model import Report


class Html(Form):
    """One page that holds its charts and its style itself."""

    id: ClassVar[str] = "html"
    label_key: ClassVar[str] = "report_forms.form_html"
    suffix: ClassVar[str] = ".html"
    media_type: ClassVar[str] = "text/html"
    rank: ClassVar[int] = 4

    def render(self, report: Report, office: Office) -> bytes:
        from worker.reporting.forms.page import page  # jinja2 and matplotlib, which a report as JSON does without

        return page(report, office).encode()
