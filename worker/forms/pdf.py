"""The document as a PDF that a screen reader reads: PDF/UA-1, tagged, in Czech, with its title."""

from __future__ import annotations

from typing import ClassVar

from worker.forms.base import Form, FormSource
from worker.forms.printing import laid_out, printed


class Pdf(Form):
    """A4 pages within the office's letterhead."""

    id: ClassVar[str] = "pdf"
    label_key: ClassVar[str] = "forms.pdf"
    suffix: ClassVar[str] = ".pdf"
    media_type: ClassVar[str] = "application/pdf"
    template: ClassVar[str] = "document.md"
    frame: ClassVar[str] = "documents/letterhead.html"

    def make(self, source: FormSource) -> bytes:
        return printed(laid_out(source.page))
