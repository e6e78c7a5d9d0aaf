"""The files that go with an approved text to whoever publishes it: the right one for each medium.

What the draft has is brought as it was approved. A medium may ask for more (`file` in `channels.yaml`): then the file
is made of the approved words, the same at every call, so that the mail and the page bring the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from worker.drafting import paste
from worker.drafting.fields import DraftingError
from worker.drafting.files import File, Listed, listed, self_contained, stem_of
from worker.drafting.packages import load_file
from worker.drafting.pictures import pictures_of
from worker.drafting.typography import typeset
from worker.errors import HlasatelError
from worker.forms import FormSource, all_forms, files_wanted, made
from worker.kinds import Kind, find
from worker.messages import office_language, say, speaking
from worker.template_folder import TemplateFolder

FILES: Mapping[str, tuple[str, ...]] = {
    "docx": ("docx",),
    "pdf": ("pdf",),
    "html": ("html", "txt"),
    "data-box": ("pdf",),
}
"""What a medium may ask for, with the forms that are brought for it."""
_DOCUMENTS = frozenset({"docx", "pdf"})
_TAKEN_BY_DATA_BOXES = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""Of what our forms make (vyhláška č. 194/2009 Sb., příloha č. 3): a calendar file would be refused."""
_MARK = b"\xef\xbb\xbf"
"""So that a browser and the editors of every system read the accents: a fragment cannot say its encoding itself."""
_ORDER = ("html", "txt", "docx", "pdf")
_PASTED = {"html": "text/html", "txt": "text/plain"}


@dataclass(frozen=True)
class _Piece:
    """A file by its name; `own` is one of the draft's, the others are made of its words."""

    name: str
    form: str
    own: bool


def asked_for(places: Mapping[str, Mapping[str, Mapping[str, Any]]], kind: str, person: str) -> frozenset[str]:
    """What the media ask for where `person` publishes texts of `kind`; "" of one that takes all that the draft has.

    `places` are those of the package, as its approval bound them.
    """
    hers = (each for each in places.get(kind, {}).values() if each.get("person") == person)
    return frozenset(str(each.get("options", {}).get("file", "")) for each in hers)


def instructions(
    places: Mapping[str, Mapping[str, Mapping[str, Any]]], kind: str, person: str, subject: str
) -> dict[str, str]:
    """Medium's id → what she does there with the file it asks for, in words that go on after the medium's name.

    None for a medium that asks for nothing.
    """
    hers = {name: each for name, each in places.get(kind, {}).items() if each.get("person") == person}
    told = {name: _instruction(each.get("options", {}), subject) for name, each in hers.items()}
    return {name: words for name, words in told.items() if words}


def _instruction(options: Mapping[str, Any], subject: str) -> str:
    asked, days = str(options.get("file", "")), int(options.get("hangs", 0))
    told = [say(f"brought.use_{asked.replace('-', '_')}", subject=subject)] if asked else []
    return " ".join([*told, *([say("brought.hangs", days=days)] if days else [])])


def names(draft: Row[Any], asked: Collection[str]) -> tuple[Listed, ...]:
    """The files as a reader is told of them; nothing is made for that."""
    own = {each.name: each for each in listed(draft)}
    return tuple(own.get(each.name) or Listed(each.name, _what(each.form), False) for each in _pieces(draft, asked))


def load(tx: Connection, templates: TemplateFolder, draft: Row[Any], asked: Collection[str]) -> tuple[File, ...]:
    """The files; HlasatelError when the bytes of one are not those approved (I4), or when one cannot be made."""
    return tuple(_file(tx, templates, draft, each) for each in _pieces(draft, asked))


def load_one(tx: Connection, templates: TemplateFolder, draft: Row[Any], asked: Collection[str], name: str) -> File:
    """One of them; HlasatelError also when none has this name."""
    for each in _pieces(draft, asked):
        if each.name == name:
            return _file(tx, templates, draft, each)
    raise HlasatelError(say("forms.no_such_file"))


def _pieces(draft: Row[Any], asked: Collection[str]) -> Iterator[_Piece]:
    everything = not asked or "" in asked
    wanted = dict.fromkeys(form for each in asked for form in FILES.get(each, ()))
    for entry in draft.files:
        pasted = entry["use"] == "inline" and "html" in wanted
        offered = entry["use"] != "inline" and (everything or entry["form"] in wanted.keys() | _others(draft.files))
        refused = set(asked) == {"data-box"} and entry["media_type"] not in _TAKEN_BY_DATA_BOXES
        if pasted or (offered and not refused):
            yield _Piece(entry["name"], entry["form"], own=True)
    there = {entry["form"] for entry in draft.files if entry["use"] != "inline"}
    for form in sorted(wanted, key=_ORDER.index):
        if form not in there and (form in _PASTED or files_wanted()):
            suffix = f".{form}" if form in _PASTED else all_forms()[form].suffix
            yield _Piece(_stem(draft) + suffix, form, own=False)


def _others(entries: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Forms that are no document of the text itself, and so belong to every medium: posters, a calendar, an emblem."""
    return frozenset(entry["form"] for entry in entries) - _DOCUMENTS


def _stem(draft: Row[Any]) -> str:
    return stem_of(_kind(draft), draft.material)


def _kind(draft: Row[Any]) -> Kind:
    kind = find(draft.kind)
    if kind is None:
        raise DraftingError(say("forms.no_such_file"))
    return kind


def _what(form: str) -> str:
    return say(f"brought.{form}") if form in _PASTED else say(all_forms()[form].label_key)


def _file(tx: Connection, templates: TemplateFolder, draft: Row[Any], piece: _Piece) -> File:
    if piece.own:
        return load_file(tx, draft, piece.name)
    if piece.form in _PASTED:
        text = paste.fragment(draft) if piece.form == "html" else paste.plain(draft) + "\n"
        return File(piece.name, piece.form, _PASTED[piece.form], "offered", _MARK + text.encode())
    content = made(piece.form, _source(tx, templates, draft, piece.form))
    return File(piece.name, piece.form, all_forms()[piece.form].media_type, "offered", content)


def _source(tx: Connection, templates: TemplateFolder, draft: Row[Any], form_id: str) -> FormSource:
    """The document of a kind that has none of its own: its words within the office's letterhead."""
    from worker.drafting.templating import Templates  # brings in jinja2, and most ticks make nothing

    frozen, form = draft.material, all_forms()[form_id]
    organisation = frozen["organisation"]
    pictures = [load_file(tx, draft, each["name"]) for each in draft.files if each["use"] == "inline"]
    laid_out = self_contained(paste.fragment(draft, addressed=True), pictures)
    with speaking(office_language()):
        look = pictures_of(templates, frozen.get("project"))
        page = ""
        if form.frame:
            values = {**frozen, "pictures": look.in_documents(), "title": draft.subject}
            page = Templates(templates, _kind(draft), None).framed(form.frame, laid_out, values)
    return FormSource(
        title=draft.subject,
        laid_out=laid_out,
        page=page,
        office=tuple(typeset(organisation[key]) for key in ("name", "office", "department") if organisation[key]),
        contact=tuple(map(typeset, organisation["contact_lines"])),
        colour=organisation["colour"],
        day=date.fromisoformat(frozen["occurrence"]["day"]),
        uid=f"{frozen['occurrence']['id']}/{draft.kind}",
        logo=look.logo,
        emblem=look.emblem,
    )
