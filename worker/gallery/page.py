"""The gallery as files: one page that shows all, and beside it each draft's texts and files as they would go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from worker.drafting.files import with_images
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.gallery.specimens import Specimen
from worker.messages import language, say
from worker.office import Office

INDEX = "index.html"


@dataclass(frozen=True)
class Shown:
    """A specimen with the names of what lies beside the page. `text` is what is read in a mail without HTML."""

    specimen: Specimen
    text: str
    html: str
    """The file's name; empty for a kind without HTML."""
    files: tuple[tuple[str, str], ...]
    """(path from the page, name) of each file to download."""


def files(office: Office, specimens: Iterable[Specimen]) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Every file of the gallery by its path below the folder, the page last."""
    shown = []
    for specimen in specimens:
        folder = PurePosixPath(specimen.kind.id)
        draft = specimen.draft
        if draft is None:
            shown.append(Shown(specimen, "", "", ()))
            continue
        text = _filled(draft.text, html=False)
        yield folder / "text.txt", text.encode()
        if draft.html:
            page = with_images(_filled(draft.html, html=True), str)
            yield folder / "mail.html", page.encode()
        for file in draft.files:
            yield folder / file.name, file.content
        offered = tuple((f"{folder}/{file.name}", file.name) for file in draft.files if file.use != "inline")
        shown.append(Shown(specimen, text, f"{folder}/mail.html" if draft.html else "", offered))
    yield PurePosixPath(INDEX), _page(office, shown).encode()


def _filled(content: str, *, html: bool) -> str:
    return fill(content, greeting=NEUTRAL_GREETING, unsubscribe="about:blank", html=html)


def _page(office: Office, shown: list[Shown]) -> str:
    from worker.drafting.shipped_pages import shipped_pages  # brings in jinja2; no other command is made slower by it

    environment = shipped_pages()
    environment.globals["say"] = say  # what a text is called stands here as in the catalogue, for whoever looks for it
    template = environment.get_template("gallery/gallery.html")
    return template.render(shown=shown, organisation=office.settings.organisation, lang=language())
