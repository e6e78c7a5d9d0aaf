"""The report as HTML: its body for any page that holds it, and a whole page that needs nothing else."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from worker.drafting.shipped_pages import shipped_pages
from worker.messages import language
from worker.office import Office
from worker.reporting.forms import told
from worker.reporting.forms.charts import charts
from worker.reporting.model import Article, Report
from worker.times import local_day, to_the_second


def body(report: Report) -> Markup:
    """Headings from `h1` down, sections and tables; charts are within it as pictures."""
    rendered = (
        _environment()
        .get_template("report/body.html")
        .render(
            report=report,
            summary=told.summary(report),
            told=told,
            charts=charts(report),
            made_on=local_day(report.made_at),
            others=_in_no_indicator(report),
        )
    )
    return Markup(rendered)  # escaped by the environment


def page(report: Report, office: Office) -> str:
    """The whole page, in the language that is spoken."""
    return (
        _environment()
        .get_template("report/report.html")
        .render(
            report=report,
            body=body(report),
            told=told,
            organisation=office.settings.organisation,
            made_at=to_the_second(report.made_at),
            lang=language(),
        )
    )


def _in_no_indicator(report: Report) -> list[Article]:
    """Articles that no indicator lists already: those of newsrooms and associations."""
    listed = {item.id for indicator in report.indicators for item in indicator.items if item.source == "article"}
    return [each for each in report.articles if str(each.id) not in listed]


@cache
def _environment() -> Environment:
    return shipped_pages()
