"""Posters for notice boards: one page, its type as large as the page bears.

The kind's `poster.html` is measured in `rem` alone. The largest size of the root at which everything stands on one page
is taken, so that a short text fills the sheet and a longer one still fits.
"""

from __future__ import annotations

from typing import ClassVar

from worker.forms.base import Form, FormFailed, FormSource
from worker.forms.printing import laid_out, printed
from worker.messages import say


class PosterA4(Form):
    """For a door or a notice board that is read from near."""

    id: ClassVar[str] = "poster-a4"
    label_key: ClassVar[str] = "forms.poster_a4"
    suffix: ClassVar[str] = "-a4.pdf"
    media_type: ClassVar[str] = "application/pdf"
    template: ClassVar[str] = "poster.html"
    paper: ClassVar[str] = "A4"

    def make(self, source: FormSource) -> bytes:
        return _filled(source, self.paper, (22, 20, 18, 16, 14))


class PosterA3(Form):
    """Twice the sheet, the type larger by the square root of two."""

    id: ClassVar[str] = "poster-a3"
    label_key: ClassVar[str] = "forms.poster_a3"
    suffix: ClassVar[str] = "-a3.pdf"
    media_type: ClassVar[str] = "application/pdf"
    template: ClassVar[str] = "poster.html"
    paper: ClassVar[str] = "A3"

    def make(self, source: FormSource) -> bytes:
        return _filled(source, self.paper, (31, 28, 25, 22, 20))


def _filled(source: FormSource, paper: str, sizes: tuple[int, ...]) -> bytes:
    """One page of `paper` in the first of `sizes` (points of the root) that fits; FormFailed when none does."""
    for size in sizes:
        pages = laid_out(source.laid_out, f"@page {{ size: {paper} }} html {{ font-size: {size}pt }}")
        if pages.count == 1:
            return printed(pages)
    raise FormFailed(say("forms.poster_full", paper=paper))
