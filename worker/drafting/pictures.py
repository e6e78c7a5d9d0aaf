"""Pictures of the office: its logo, and the emblem that the funder of a project wants to see.

They lie among the office's own templates and are part of the look as these are: what is rendered takes those there are
now, and an edit of one makes anew what waits for its approval. Without a picture of the office's there is none.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from worker.drafting.files import EMBLEM_FORM, File, Use, stem_of
from worker.errors import HlasatelError
from worker.forms import Picture, all_forms
from worker.forms.base import EMBLEM_ON_PAPER, LOGO_ON_PAPER
from worker.kinds import Finding, Kind
from worker.messages import say
from worker.template_folder import TemplateFolder

FOLDER = "pictures"
LOGO = f"{FOLDER}/logo.png"
LARGEST = 100_000
"""Bytes of one file: every mail carries it."""
MOST_PIXELS = 2_000
"""On each side; a mail shows it far smaller."""
LOGO_FORM = "logo"
NO_EMBLEM = "no-emblem"
"""Code of the finding that a text does not show the emblem it has to show."""
_SUFFIXES = {LOGO_FORM: "logo", EMBLEM_FORM: "znak"}
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


Shown = dict[str, dict[str, Any] | None]
"""`logo` and `emblem` as a template shows them: `address`, `width`, `height`, `alt`; None where there is none."""


class BadPicture(HlasatelError):
    """A file that cannot be shown: which one, why, and what to do."""


@dataclass(frozen=True)
class Pictures:
    """Those of one draft; None where there is none. `problems` are sentences about files that cannot be shown."""

    folder: TemplateFolder
    logo: Picture | None
    emblem: Picture | None
    problems: tuple[str, ...] = ()

    def files(self, kind: Kind, frozen: Mapping[str, Any]) -> tuple[File, ...]:
        """What a draft of `kind` carries of them: both within its HTML; the emblem beside a text that has no place
        for it, so that whoever publishes the text has it at hand.
        """
        stem = stem_of(kind, frozen)
        if kind.has_html:
            both = ((LOGO_FORM, self.logo), (EMBLEM_FORM, self.emblem))
            return tuple(_file(stem, form, picture, "inline") for form, picture in both if picture)
        documents = (all_forms()[form] for form in (*kind.forms, *kind.attached))
        if self.emblem is None or any(form.shows_pictures for form in documents):
            return ()
        return (_file(stem, EMBLEM_FORM, self.emblem, "offered"),)

    def in_mail(self, files: Iterable[File]) -> Shown:
        """What `pictures` is in the HTML of a mail that carries `files`; sizes in CSS pixels."""
        addresses = {file.form: f"cid:{file.content_id}" for file in files if file.use == "inline"}
        return {
            LOGO_FORM: _shown(self.logo, addresses.get(LOGO_FORM), (48, 260)),
            EMBLEM_FORM: _shown(self.emblem, addresses.get(EMBLEM_FORM), (64, 300)),
        }

    def in_documents(self) -> Shown:
        """What `pictures` is in a document: the same within its own addresses; sizes in millimetres."""
        return {
            LOGO_FORM: _shown(self.logo, _data(self.logo), LOGO_ON_PAPER),
            EMBLEM_FORM: _shown(self.emblem, _data(self.emblem), EMBLEM_ON_PAPER),
        }

    def findings(self, project: Mapping[str, Any] | None, files: Iterable[File], html: str) -> Iterator[Finding]:
        """A warning for each file that cannot be shown, an error where the funder's emblem must be seen and is not."""
        for problem in self.problems:
            yield Finding("warning", "bad-picture", problem)
        if not project:
            return
        if self.emblem is None:
            file = where(self.folder, emblem_file(project["id"]))
            yield Finding("error", NO_EMBLEM, say("pictures.emblem_missing", project=project["name"], file=file))
        elif any(file.use == "inline" and f"cid:{file.content_id}" not in html for file in files if _is_emblem(file)):
            yield Finding("error", NO_EMBLEM, say("pictures.emblem_left_out", project=project["name"]))


def pictures_of(folder: TemplateFolder, project: Mapping[str, Any] | None) -> Pictures:
    """What a draft of the project (as in `projects.yaml`; None where there is none) has to show."""
    problems: list[str] = []
    logo = _taken(folder, LOGO, "", problems)
    if not project:
        return Pictures(folder, logo, None, tuple(problems))
    shows = project.get("emblem") or say("pictures.emblem_alt", project=project["name"])
    return Pictures(folder, logo, _taken(folder, emblem_file(project["id"]), shows, problems), tuple(problems))


def emblem_file(project: str) -> str:
    """The name of the emblem's file among the templates; `project` is the id in `projects.yaml`."""
    return f"{FOLDER}/emblem-{project}.png"


def wanted(project: str | None) -> list[str]:
    """The names of the files that a draft for this project may show, whether there or not."""
    return [LOGO, *([emblem_file(project)] if project else [])]


def doubts(folder: TemplateFolder, projects: Iterable[str]) -> Iterator[str]:
    """A sentence for every picture that cannot be shown, and for every project without its emblem."""
    for name in wanted(None):
        yield from _problem(folder, name)
    for project in projects:
        name = emblem_file(project)
        yield from _problem(folder, name)
        if folder.find(name) is None:
            yield say("pictures.no_emblem", project=project, file=where(folder, name))


def where(folder: TemplateFolder, name: str) -> str:
    """Where the office puts the file."""
    return str((folder.own or folder.shipped) / name)


def _file(stem: str, form: str, picture: Picture, use: Use) -> File:
    return File(f"{stem}-{_SUFFIXES[form]}.png", form, "image/png", use, picture.content)


def _is_emblem(file: File) -> bool:
    return file.form == EMBLEM_FORM


def _shown(picture: Picture | None, address: str | None, room: tuple[int, int]) -> dict[str, Any] | None:
    if picture is None or address is None:
        return None
    width, height = picture.shown(*room)
    return {"address": address, "width": width, "height": height, "alt": picture.alt}


def _data(picture: Picture | None) -> str | None:
    return None if picture is None else f"data:image/png;base64,{b64encode(picture.content).decode('ascii')}"


def _problem(folder: TemplateFolder, name: str) -> Iterator[str]:
    problems: list[str] = []
    _taken(folder, name, "", problems)
    yield from problems


def _taken(folder: TemplateFolder, name: str, alt: str, problems: list[str]) -> Picture | None:
    path = folder.find(name)
    if path is None:
        return None
    try:
        seen = path.stat()
        content, width, height = _read(path, seen.st_mtime_ns, seen.st_size)
    except FileNotFoundError:
        return None
    except BadPicture as error:
        problems.append(str(error))
        return None
    return Picture(content, width, height, alt)


@lru_cache(maxsize=20)
def _read(path: Path, changed: int, size: int) -> tuple[bytes, int, int]:
    """The file as it was at this time of change and size, with its width and height in pixels."""
    content = path.read_bytes() if size <= LARGEST else b""
    if not content.startswith(_SIGNATURE):
        raise _bad(path, "pictures.too_large" if size > LARGEST else "pictures.no_png")
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            width, height = picture.size
            if max(width, height) > MOST_PIXELS:
                raise _bad(path, "pictures.too_many_pixels")
            picture.load()
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError):
        raise _bad(path, "pictures.no_png") from None
    return content, width, height


def _bad(path: Path, why: str) -> BadPicture:
    return BadPicture(say(why, file=path, kilobytes=LARGEST // 1000, pixels=MOST_PIXELS))
