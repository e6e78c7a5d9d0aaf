"""A document for Word and LibreOffice (ECMA-376): headings, lists, links, its language and the office's letterhead.

An editor takes a press release over by copying; so the text carries styles, and nothing of it is a picture.
"""

from __future__ import annotations

from typing import ClassVar

from worker.forms.base import Form, FormSource
from worker.forms.fragment import read
from worker.forms.writing import begun, block, finished


class Word(Form):
    """DOCX made with python-docx from the laid-out document."""

    id: ClassVar[str] = "docx"
    label_key: ClassVar[str] = "forms.docx"
    suffix: ClassVar[str] = ".docx"
    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    template: ClassVar[str] = "document.md"

    def make(self, source: FormSource) -> bytes:
        document = begun(source)
        for each in read(source.laid_out).elements():
            block(document, each)
        return finished(document, source)
