"""What a person types into a draft, brought to one spelling before anything is made of it.

A browser sends a text area back with CRLF and without a final line end; the spelling here makes an unchanged form
give unchanged bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from worker.drafting.slots import holds_slot
from worker.errors import HlasatelError
from worker.kinds.base import Kind
from worker.kinds.parts import Field
from worker.messages import say

LONGEST = 50_000  # characters of one field: some twenty pages, so that no edit takes a mail past its size or minutes


class DraftingError(HlasatelError):
    """A draft that cannot be made: a missing value, a foreign field or a character no mail can carry."""


def settled(kind: Kind, fields: Mapping[str, str]) -> dict[str, str]:
    """The kind's fields in their order, NFC, LF, without trailing blanks; a field that is not given is empty.

    DraftingError for a field the kind does not have, one over `LONGEST`, a recipient's slot, or a character that no
    XML or mail carries.
    """
    known = {field.id for field in kind.fields}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise DraftingError(say("drafting.unknown_field", kind=say(kind.label_key), fields=", ".join(unknown)))
    return {field.id: _settle(field, fields.get(field.id, "")) for field in kind.fields}


def _settle(field: Field, text: str) -> str:
    if len(text) > LONGEST:
        message = say("drafting.field_too_long", part=say(field.label_key), length=len(text), limit=LONGEST)
        raise DraftingError(message)
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    if field.multiline:
        text = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    else:
        text = " ".join(text.split())
    if holds_slot(text):
        raise DraftingError(say("drafting.slot_in_field", part=say(field.label_key)))
    refused = sorted({char for char in text if _unprintable(char)})
    if refused:
        codes = ", ".join(f"U+{ord(char):04X}" for char in refused)
        raise DraftingError(say("drafting.refused_characters", part=say(field.label_key), characters=codes))
    return text


def _unprintable(char: str) -> bool:
    return (char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cs"}) or char in "\ufffe\uffff"
