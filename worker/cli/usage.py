"""Wrong usage of a command as a sentence in the coordinator's language, with what was probably meant.

Typer's own sentences are English, and its classes of errors are private; so they are told apart by what they carry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from typer.exceptions import TyperException

from worker.messages import say
from worker.nearest import nearest


def explained(error: TyperException) -> str:
    """One line that says what is wrong, and one that says where the help is."""
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "hlasatel"
    return f"{_sentence(error, context)}\n{say('usage.help', command=f'{where} -h')}"


def _sentence(error: Any, context: Any) -> str:
    if option := getattr(error, "option_name", None):
        return _option(option, error, context)
    parameter = getattr(error, "param_hint", None) or _name(getattr(error, "param", None))
    if parameter and not error.message:
        return say("usage.missing", parameter=parameter)
    if parameter:
        return _value(parameter, error)
    if word := _quoted(error.message, "No such command"):
        return _command(word, context)
    if word := _quoted(error.message, "Got unexpected extra argument"):
        return say("usage.too_many", word=word)
    return say("usage.other", message=error.message)


def _option(option: str, error: Any, context: Any) -> str:
    if not error.message.startswith("No such option"):
        return say("usage.option_value", option=option)
    known = [each for parameter in context.command.get_params(context) for each in (*parameter.opts,)]
    return say("usage.no_option", option=option) + _meant(option, [each for each in known if each.startswith("--")])


def _command(word: str, context: Any) -> str:
    return say("usage.no_command", command=word) + _meant(word, context.command.list_commands(context))


def _value(parameter: str, error: Any) -> str:
    """Our own refusals are sentences already; Typer's say what a value must be one of, or of which type."""
    if choices := re.search(r"'(.*)' is not one of (.+?)\.?$", error.message):
        return say("usage.choice", parameter=parameter, value=choices[1], known=choices[2].replace("'", ""))
    if not error.message.startswith(("Input ", "Value error", "'")):
        return say("usage.refused", parameter=parameter, message=error.message)
    return say("usage.value", parameter=parameter)


def _meant(word: str, known: Iterable[str]) -> str:
    found = nearest(word, known)
    return " " + say("usage.meant", word=found) if found else ""


def _name(parameter: Any) -> str:
    if parameter is None:
        return ""
    options = [each for each in parameter.opts if each.startswith("--")]
    return options[0] if options else str(parameter.metavar or parameter.name).upper()


def _quoted(message: str, beginning: str) -> str:
    """What a message that begins so names in quotes or brackets; empty for another message."""
    found = re.search(r"'(.+?)'|\((?!s\))(.+?)\)", message) if message.startswith(beginning) else None
    return found[1] or found[2] if found else ""
