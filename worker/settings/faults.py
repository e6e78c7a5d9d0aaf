"""Turns what pydantic found into faults with a place, a Czech sentence and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import UnionType
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from worker.errors import Fault, HlasatelError
from worker.messages import say
from worker.nearest import nearest
from worker.positions import MOST_FAULTS, Document, Where, shortened
from worker.settings.addresses import parse_address

_MESSAGES = {
    "missing": "config.key_missing",
    "string_type": "config.want_text",
    "string_too_short": "config.want_text",
    "string_too_long": "config.text_too_long",
    "int_type": "config.want_whole_number",
    "int_from_float": "config.want_whole_number",
    "float_type": "config.want_number",
    "bool_type": "config.want_bool",
    "list_type": "config.want_list",
    "tuple_type": "config.want_list",
    "dict_type": "config.want_table",
    "model_type": "config.want_table",
    "greater_than": "config.out_of_range",
    "greater_than_equal": "config.out_of_range",
    "less_than": "config.out_of_range",
    "less_than_equal": "config.out_of_range",
    "literal_error": "config.one_of",
    "enum": "config.one_of",
}


def _one_line(text: str) -> str:
    """A text that may stand in a header: what cannot be printed is refused, not dropped (header injection)."""
    if not all(character.isprintable() for character in text):
        raise ValueError(say("config.control_character"))
    return text


def _address(text: str) -> str:
    try:
        return parse_address(text)
    except HlasatelError as error:
        raise ValueError(str(error)) from None


Line = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), AfterValidator(_one_line)
]
Address = Annotated[str, AfterValidator(_address)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class Strict(BaseModel):
    """A part of a configuration file: unknown keys are faults, values keep the type they were written with."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Mysleli jste „…“?` for the closest known word, or nothing; meant to end a message."""
    meant = nearest(word, known)
    return "" if meant is None else " " + say("config.did_you_mean", word=meant)


def faults_of(error: ValidationError, model: type[BaseModel], document: Document, under: Where = ()) -> list[Fault]:
    """One fault per thing pydantic refused in the part of the document `under` which `model` describes.

    Of more than `MOST_FAULTS` so many that `Faults` notices; each costs a search for what was meant.
    """
    faults = []
    for detail in error.errors(include_url=False)[: MOST_FAULTS + 1]:
        where: Where = (*under, *detail["loc"])
        key = next((shortened(each) for each in reversed(where) if isinstance(each, str)), "")  # of an item: its list's
        if detail["type"] == "extra_forbidden":
            known = _keys_at(model, detail["loc"][:-1])
            message = say("config.unknown_key", key=key, nearest=did_you_mean(key, known), known=", ".join(known))
            faults.append(document.fault(where, message, at_key=True))
            continue
        if detail["type"] == "value_error":
            message = str(detail["ctx"]["error"])
        elif detail["type"] == "string_pattern_mismatch":
            message = say("config.bad_id", value=shortened(detail["input"]))
        else:
            name = _MESSAGES.get(detail["type"], "config.bad_value")
            values = {"key": key, "value": shortened(str(detail["input"]))}
            if name == "config.want_list" and (keys := _keys_at(model, (*detail["loc"], 0))):
                name, values["first"], values["others"] = "config.want_items", keys[0], ", ".join(keys[1:])
            if name == "config.out_of_range":
                values["range"] = _range_at(model, detail["loc"])
            if name == "config.one_of":
                known = re.findall("'([^']*)'", detail["ctx"]["expected"])
                values |= {"known": ", ".join(known), "nearest": did_you_mean(str(detail["input"]), known)}
            message = say(name, **values)
        faults.append(document.fault(where, message))
    return faults


def _keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys a table may hold: `model`'s own, or those of the model found by following `path` from it."""
    found = _model_at(model, path)
    # An id is the key of its entry in every one of our files, never a key inside it.
    return [each.alias or name for name, each in found.model_fields.items() if name != "id"] if found else []


def _range_at(model: type[BaseModel], path: tuple[int | str, ...]) -> str:
    """The bounds that the model sets for the number at `path`, in words."""
    found = _model_at(model, path[:-1])
    rules = found.model_fields[str(path[-1])].metadata if found else []
    above, least, most = (
        next((getattr(rule, name) for rule in rules if hasattr(rule, name)), None) for name in ("gt", "ge", "le")
    )
    if above is not None:
        return say("config.range_open", above=above, most=most)
    return say("config.range_least" if most is None else "config.range_closed", least=least, most=most)


def _model_at(model: type[BaseModel], path: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model found by following `path` from `model`, None where there is none."""
    here: Any = model
    for step in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = _annotation(here, str(step))
            if isinstance(here, UnionType):  # a part that may be left out
                here = get_args(here)[0]
        else:
            here = next(each for each in reversed(get_args(here)) if each is not ...)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _annotation(model: type[BaseModel], key: str) -> Any:
    """What stands under a key as it is written, which may be an alias of the field's name."""
    return next(each.annotation for name, each in model.model_fields.items() if key in (name, each.alias))
