"""The report to be printed or filed: the same page as PDF/UA-1, tagged, in its language, with bookmarks."""

from __future__ import annotations

from typing import ClassVar

from worker.errors import HlasatelError
from worker.forms.printing import laid_out, printed, sets_type
from worker.messages import say
from worker.office import Office
from worker.reporting.forms.base import Form
from worker.reporting.model import Report


class Pdf(Form):
    """A4 pages. HlasatelError, which says what to install, where Pango is missing on this machine."""

    id: ClassVar[str] = "pdf"
    label_key: ClassVar[str] = "report_forms.form_pdf"
    suffix: ClassVar[str] = ".pdf"
    media_type: ClassVar[str] = "application/pdf"
    binary: ClassVar[bool] = True
    rank: ClassVar[int] = 1

    def render(self, report: Report, office: Office) -> bytes:
        if not sets_type():
            raise HlasatelError(say("report_forms.no_pango"))
        from worker.reporting.forms.page import page

        return printed(laid_out(page(report, office)))
