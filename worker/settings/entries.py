"""Files that are a mapping of ids to entries of one shape: people and lists."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from worker.errors import Fault
from worker.messages import say
from worker.positions import Document
from worker.settings.faults import Id, Strict, faults_of

_ID: TypeAdapter[str] = TypeAdapter(Id)

Entry = TypeVar("Entry", bound=Strict)


def read_entries(document: Document, model: type[Entry]) -> tuple[dict[str, Entry], list[Fault]]:
    """The entries `id: {…}` by id in the order written, and one fault per thing wrong with the others.

    `model` has a field `id`, which is the key and may not be written inside the entry as well.
    """
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    for key, written in document.data.items():
        try:
            _ID.validate_python(key)
        except ValidationError:
            faults.append(document.fault((key,), say("config.bad_id", value=key), at_key=True))
            continue
        if not isinstance(written, dict):
            faults.append(document.fault((key,), say("config.want_table", key=key, value=_shown(written))))
            continue
        if "id" in written:
            faults.append(document.fault((key, "id"), say("config.id_is_the_key", key=key), at_key=True))
            continue
        # A key left empty (`phone:`) means the same as a key left out.
        given = {name: value for name, value in written.items() if value is not None}
        try:
            entries[key] = model.model_validate({**given, "id": key})
        except ValidationError as error:
            faults += faults_of(error, model, document, (key,))
    return entries, faults


def _shown(value: Any) -> str:
    return str(value)[:60]
