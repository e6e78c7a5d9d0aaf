"""Files that are a mapping of ids to entries of one shape: people, lists, elections and projects."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from worker.errors import InvalidFiles
from worker.messages import say
from worker.positions import Document, Faults, is_blank, read_yaml, shortened
from worker.settings.faults import Id, Strict, faults_of

_ID: TypeAdapter[str] = TypeAdapter(Id)

Entry = TypeVar("Entry", bound=Strict)


def read_entries(document: Document, model: type[Entry], faults: Faults) -> dict[str, Entry]:
    """The entries `id: {…}` by id in the order written; `faults` gets one per thing wrong with the others.

    `model` has a field `id`, which is the key and may not be written inside the entry as well.
    """
    entries: dict[str, Entry] = {}
    for key, written in document.data.items():
        if not _is_id(key):
            faults.add(document.fault((key,), say("config.bad_id", value=shortened(key)), at_key=True))
            continue
        if not isinstance(written, dict):
            message = say("config.want_table", key=shortened(key), value=shortened(str(written)))
            faults.add(document.fault((key,), message))
            continue
        if "id" in written:
            faults.add(document.fault((key, "id"), say("config.id_is_the_key", key=key), at_key=True))
            continue
        # A key left empty (`phone:`) means the same as a key left out.
        given = {name: value for name, value in written.items() if value is not None}
        try:
            entries[key] = model.model_validate({**given, "id": key})
        except ValidationError as error:
            faults.extend(faults_of(error, model, document, (key,)))
    return entries


def read_optional(path: Path, model: type[Entry]) -> dict[str, Entry]:
    """The entries of a file that may be empty or missing: then there are none. InvalidFiles with every fault."""
    if not has_entries(path):
        return {}
    faults = Faults()
    entries = read_entries(read_yaml(path), model, faults)
    faults.refuse()
    return entries


def has_entries(path: Path) -> bool:
    """Whether the file is there and holds more than comments; InvalidFiles when it cannot be read."""
    return path.exists() and not is_blank(path)


def ids_written(path: Path) -> frozenset[str] | None:
    """The ids of a file of entries, also of those that are faulty themselves: one mistake, one fault.

    None when the file cannot be read or a key is no id, so that nobody can say what is missing from it.
    """
    try:
        written = frozenset(read_yaml(path).data)
    except InvalidFiles:
        return None
    return written if all(map(_is_id, written)) else None


def _is_id(key: object) -> bool:
    try:
        _ID.validate_python(key)
    except ValidationError:
        return False
    return True
