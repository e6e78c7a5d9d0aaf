"""The texts that stand in a notice: its own paragraphs and whole drafts, and how they are cut where they must be."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row

from worker.drafting.files import listed
from worker.drafting.marked import Piece
from worker.drafting.publishers import handing, name_of
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.drafting.typography import NBSP, keep_together
from worker.drafting.wrapping import WIDTH, unwrapped
from worker.messages import language, say
from worker.office import Office

COMMAND = "hlasatel "


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of a notice; a command stands alone, as it is typed."""

    text: str
    command: bool


@dataclass(frozen=True)
class DraftText:
    """One draft in a notice: its kind's name, who publishes it (mails: nobody), its subject (mails) and whole text.

    `flowing`: the text's lines were filled for the text part of a mail. `cut` says how much of it is missing.
    `files` are those that belong to it, with what each is; `brought`: this very mail brings them.
    """

    kind: str
    note: str
    subject: str
    text: str
    flowing: bool
    cut: str = ""
    files: tuple[str, ...] = ()
    brought: bool = False

    @property
    def blocks(self) -> tuple[tuple[str, ...], ...]:
        """Its paragraphs as lines, for a page that fills its lines itself."""
        return blocks(unwrapped(self.text) if self.flowing else self.text)

    def within(self, limit: int) -> DraftText:
        """The draft with a text of `limit` characters at most, and a sentence that says so when it was longer."""
        text = shortened(self.text, limit)
        if text == self.text:
            return self
        return replace(self, text=text, cut=say("asked.draft_cut", shown=len(text), all=len(self.text)))


def blocks(text: str) -> tuple[tuple[str, ...], ...]:
    """The paragraphs of a text as lines, their indentation in no-break spaces: HTML would drop the others."""
    return tuple(
        tuple(NBSP * (len(line) - len(line.lstrip(" "))) + line.lstrip(" ") for line in block.strip("\n").split("\n"))
        for block in text.split("\n\n")
        if block.strip()
    )


def paragraphs(body: str) -> Iterator[Paragraph]:
    """The paragraphs of a catalogue's text, which blank lines part; typeset, save for commands."""
    for part in body.split("\n\n"):
        text = part.strip()
        if text:
            command = text.startswith(COMMAND) and "\n" not in text
            yield Paragraph(text if command else spaced(text), command)


def spaced(text: str) -> str:
    """The catalogue's words with the no-break spaces of Czech."""
    return keep_together(text) if language() == "cs" else text


def hanging(value: str, label: str, column: int = 18) -> str:
    """`label: value` for the text part: the values of several below each other stand in one column."""
    head = f"{label}: ".ljust(column)
    return "\n".join(
        textwrap.fill(
            line, WIDTH, initial_indent=" " * column if number else head, subsequent_indent=" " * column,
            break_long_words=False, break_on_hyphens=False,
        )
        for number, line in enumerate(value.split("\n"))
    )  # fmt: skip


def bracketed(pieces: Sequence[Piece]) -> str:
    """A text for the text part with the words in brackets that are not in the other one; none when that is all."""
    return "".join(f"[{piece.text}]" if piece.changed and len(pieces) > 1 else piece.text for piece in pieces)


def ruled(title: str, line: str) -> str:
    """A heading of the text part: `==== TISKOVÁ ZPRÁVA =====…`, as wide as the text."""
    return f"{line * 4} {title} ".ljust(WIDTH, line)


def draft_texts(
    office: Office, rows: Sequence[Row[Any]], only: str | None, occurrence: Row[Any]
) -> tuple[DraftText, ...]:
    """The drafts of a package; or the one of the kind `only`, for the person who publishes it."""
    return tuple(_draft(office, row, occurrence if only is None else None) for row in rows if only in (None, row.kind))


def _draft(office: Office, row: Row[Any], occurrence: Row[Any] | None) -> DraftText:
    text = fill(row.text, greeting=NEUTRAL_GREETING, unsubscribe=say("notices.unsubscribe_place"), html=False)
    note = ""
    if occurrence is not None and row.channel != "email":
        note = spaced(handing(office, row.kind, row.fields, occurrence))
    return DraftText(
        kind=name_of(office, row.kind),
        note=note,
        subject=row.subject if row.html else "",
        text=_quoted(text),
        flowing=bool(row.html),
        files=tuple(f"{file.name} ({file.what})" for file in listed(row)),
        brought=occurrence is None,
    )


def _quoted(text: str) -> str:
    """A draft inside a mail: its signature mark (RFC 3676 §4.3) would make mail programs hide all that follows."""
    return text.replace("\n-- \n", "\n--\n").strip()


def shortened(text: str, limit: int) -> str:
    """`text` when it has `limit` characters at most; else as many of its whole lines, or words, as fit."""
    if len(text) <= limit:
        return text
    kept = text[:limit]
    for end in ("\n", " "):
        if end in kept:
            return kept.rpartition(end)[0].rstrip()
    return kept
