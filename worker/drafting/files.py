"""The files of a draft: documents to download, what goes with every mail, pictures that stand in the HTML."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Row

from worker.drafting.fields import DraftingError
from worker.drafting.slots import holds_slot
from worker.drafting.typography import typeset, typeset_html
from worker.forms import FormFailed, FormSource, NothingToMake, all_forms, files_wanted, made
from worker.kinds import Finding, Kind
from worker.kinds.photos import FIELD as PHOTOS
from worker.kinds.photos import shown_photos
from worker.messages import say

if TYPE_CHECKING:
    from worker.drafting.pictures import Pictures
    from worker.drafting.templating import Templates

Use = Literal["offered", "attached", "inline"]
CODE = "form-"
"""How the code of a finding begins that a file could not be made; its form follows."""

EMBLEM_FORM = "emblem"
"""The form of the picture that is a funder's emblem; no module of `worker/forms` makes it."""
_CID_DOMAIN = "hlasatel"
_CID = re.compile(rf"cid:([\w.-]+)@{_CID_DOMAIN}")


@dataclass(frozen=True)
class File:
    """One file. Its `name` is ASCII without blanks, so that it needs no encoding in any header."""

    name: str
    form: str
    media_type: str
    use: Use
    content: bytes = field(repr=False)

    def entry(self) -> dict[str, Any]:
        """What a draft's row has of it; `size` in bytes."""
        digest = hashlib.sha256(self.content).hexdigest()
        return {
            "name": self.name,
            "form": self.form,
            "media_type": self.media_type,
            "use": self.use,
            "size": len(self.content),
            "sha256": digest,
        }

    @property
    def content_id(self) -> str:
        """The Content-ID of an inline picture, without its brackets (RFC 2392)."""
        return f"{self.name}@{_CID_DOMAIN}"


@dataclass(frozen=True)
class Made:
    """The files that came out, and a remark for each that did not."""

    files: tuple[File, ...] = ()
    findings: tuple[Finding, ...] = ()


def images(files: Iterable[File]) -> dict[str, str]:
    """Form → address of each picture that stands in the HTML (`cid:…`, RFC 2392)."""
    return {file.form: f"cid:{file.content_id}" for file in files if file.use == "inline"}


def with_images(html: str, address: Callable[[str], str]) -> str:
    """`html` with every picture's address replaced by what `address` gives for the name of its file."""
    return _CID.sub(lambda found: address(found.group(1)), html)


def self_contained(html: str, files: Iterable[File]) -> str:
    """`html` with its pictures in it as `data:` addresses, for a page that may load nothing."""
    addresses = {
        file.name: f"data:{file.media_type};base64,{b64encode(file.content).decode('ascii')}" for file in files
    }
    return with_images(html, lambda name: addresses.get(name, ""))


def offered(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of a draft's `files` those that a reader may have: all but the pictures within its HTML."""
    return [entry for entry in entries if entry["use"] != "inline"]


@dataclass(frozen=True)
class Listed:
    """One file as a reader is told of it: `what` it is and how large, and whether it goes with every mail."""

    name: str
    what: str
    attached: bool


def listed(draft: Row[Any]) -> tuple[Listed, ...]:
    """The files of a kept draft that a reader may have."""
    return tuple(
        Listed(
            entry["name"],
            say("forms.listed", what=_what(entry["form"]), size=_size(entry["size"])),
            entry["use"] == "attached",
        )
        for entry in offered(draft.files)
    )


def _what(form_id: str) -> str:
    if form_id == EMBLEM_FORM:
        return say("pictures.emblem")
    form = all_forms().get(form_id)
    return say(form.label_key) if form else say("forms.other")


def _size(size: int) -> str:
    """In kB of a thousand bytes, as file managers show it, one at least."""
    return f"{max(1, round(size / 1000))}\u00a0kB"


def make_files(
    kind: Kind,
    subject: str,
    fields: Mapping[str, str],
    frozen: Mapping[str, Any],
    templates: Templates,
    look: Pictures,
) -> Made:
    """Every file that `kind` has besides its pictures, of what its templates lay out. DraftingError from these."""
    wanted: dict[str, Use] = dict.fromkeys(kind.forms, "offered")
    wanted |= dict.fromkeys(kind.attached, "attached")
    return _made(kind, wanted, subject, fields, frozen, templates, look)


def make_images(
    kind: Kind, subject: str, fields: Mapping[str, str], frozen: Mapping[str, Any], templates: Templates
) -> Made:
    """Every picture that stands in the HTML of `kind`: those it has made, and the photos that its text names."""
    drawn = _made(kind, dict.fromkeys(kind.inline, "inline"), subject, fields, frozen, templates)
    return Made((*drawn.files, *_photos(kind, fields, frozen)), drawn.findings)


def _photos(kind: Kind, fields: Mapping[str, str], frozen: Mapping[str, Any]) -> Iterator[File]:
    for photo in shown_photos(fields.get(PHOTOS, ""), frozen["sources"]):
        name = f"{stem_of(kind, frozen)}-{photo.form}.jpg"
        yield File(name, photo.form, "image/jpeg", "inline", b64decode(photo.jpeg))


def _made(
    kind: Kind,
    wanted: Mapping[str, Use],
    subject: str,
    fields: Mapping[str, str],
    frozen: Mapping[str, Any],
    templates: Templates,
    look: Pictures | None = None,
) -> Made:
    files: list[File] = []
    findings: list[Finding] = []
    for form_id, use in wanted.items():
        form = all_forms()[form_id]
        source = _source(kind, form_id, subject, fields, frozen, templates, look)
        if not files_wanted():
            continue  # its template was laid out, so that what is wrong with that is told all the same
        try:
            content = made(form_id, source)
        except NothingToMake:
            continue
        except FormFailed as failed:
            findings.append(Finding(failed.level, CODE + form_id, str(failed)))
        else:
            files.append(File(stem_of(kind, frozen) + form.suffix, form_id, form.media_type, use, content))
    return Made(tuple(files), tuple(findings))


def stem_of(kind: Kind, frozen: Mapping[str, Any]) -> str:
    """`tiskova-zprava-2026-12`; a kind that is not the first of its occurrence adds its own name."""
    occurrence = frozen["occurrence"]
    stem = str(occurrence["id"]).replace("/", "-")
    return stem if kind.id == occurrence["kinds"][0] else f"{stem}-{kind.id}"


def _source(
    kind: Kind,
    form_id: str,
    subject: str,
    fields: Mapping[str, str],
    frozen: Mapping[str, Any],
    templates: Templates,
    look: Pictures | None,
) -> FormSource:
    form, organisation = all_forms()[form_id], frozen["organisation"]
    of_office = {"pictures": look.in_documents()} if look else {}
    laid_out = templates.laid_out(form.template, fields, {**frozen, **of_office, "paper": form.paper})
    if holds_slot(laid_out):
        raise DraftingError(say("forms.slot", template=f"{kind.templates}/{form.template}"))
    if not form.template.endswith(".json"):
        laid_out = typeset_html(laid_out)
    page = ""
    if form.frame:
        page = templates.framed(form.frame, laid_out, {**frozen, **of_office, "title": subject})
    office = (organisation["name"], organisation["office"], organisation["department"])
    return FormSource(
        title=subject,
        laid_out=laid_out,
        page=page,
        office=tuple(typeset(line) for line in office if line),
        contact=tuple(typeset(line) for line in organisation["contact_lines"]),
        colour=organisation["colour"],
        day=date.fromisoformat(frozen["occurrence"]["day"]),
        uid=f"{frozen['occurrence']['id']}/{kind.id}@{frozen['contact']['email'].rpartition('@')[2]}",
        logo=look.logo if look and form.shows_pictures else None,
        emblem=look.emblem if look and form.shows_pictures else None,
    )
