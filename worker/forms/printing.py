"""WeasyPrint behind two functions: a page of HTML in, a tagged PDF out, and nothing fetched from anywhere."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.forms.base import FormFailed
from worker.messages import say

if TYPE_CHECKING:
    from weasyprint import Document

for _name in ("weasyprint", "fontTools"):  # what it reports is about our own templates, which the tests look at
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


def sets_type() -> bool:
    """Whether PDFs can be made on this machine; what WeasyPrint calls (Pango, HarfBuzz) is looked for when imported."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    from PIL import ImageFile

    # WeasyPrint lets Pillow pass over the missing end of a picture, everywhere in the process; photos must be whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return True


@dataclass(frozen=True)
class Pages:
    """Pages that are laid out and not printed yet. `identifier` (16 bytes) is of what they were made of."""

    document: Document
    identifier: bytes

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.document.pages)


def laid_out(html: str, style: str = "") -> Pages:
    """The pages of `html` with one more style sheet. FormFailed where Pango is missing on this machine.

    A page holds all it shows: a picture that is no `data:` is left out, and nothing is asked of a network or a disk.
    """
    if not sets_type():
        raise FormFailed(say("forms.no_pango"), level="warning")
    import weasyprint
    from weasyprint.urls import URLFetcher

    sheets = [weasyprint.CSS(string=style)] if style else []
    document = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"])).render(
        stylesheets=sheets, pdf_variant="pdf/ua-1"
    )
    made_of = "\0".join((weasyprint.__version__, style, html))
    return Pages(document, hashlib.sha256(made_of.encode()).digest()[:16])


def printed(pages: Pages) -> bytes:
    """The pages as PDF/UA-1 (ISO 14289-1): tagged, with the language and the title of their HTML.

    The identifier (ISO 32000-1 §14.4) is of the HTML and not a chance one, so that the same pages are the same bytes.
    """
    data: bytes = pages.document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=pages.identifier)
    return data


def archived(html: str, attached: tuple[str, bytes] | None = None) -> bytes:
    """A page of HTML as PDF/A-3a (ISO 19005-3), which is to be read in decades: tagged, its fonts and colours in it.

    `attached` is the name and the bytes of one JSON file that travels in it as its data. FormFailed as above.
    """
    if not sets_type():
        raise FormFailed(say("record.no_pango"), level="error")
    import weasyprint
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["data"])
    files = []
    if attached is not None:
        name, content = attached
        files = [weasyprint.Attachment(string=content, name=name, description=name, relationship="Data")]
    made_of = hashlib.sha256("\0".join((weasyprint.__version__, html)).encode()).digest()[:16]
    data: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(
        pdf_variant="pdf/a-3a", pdf_identifier=made_of, attachments=files
    )
    return data
