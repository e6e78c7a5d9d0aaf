"""YAML and TOML as dicts, lists and plain values, with the line and column of every key and value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Positions
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from worker.errors import Fault, InvalidFiles
from worker.messages import say
from worker.positions.faults import MOST_FAULTS
from worker.positions.nodes import DEEPEST, MOST_NODES, Mapping, Node, Scalar, Sequence, parse_yaml
from worker.positions.secrets import hide_secrets
from worker.positions.text import fault_behind, read_text

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """What a file says and where it says it; a place is the path of keys and indices, `()` the file itself."""

    file: str
    data: Any
    values: Positions[Where, tuple[int, int]] = field(default_factory=dict)
    keys: Positions[Where, tuple[int, int]] = field(default_factory=dict)

    def fault(self, where: Where, message: str, *, at_key: bool = False) -> Fault:
        """A fault at the value (or its key) under `where`, or at the nearest thing around it that has a position."""
        order = (self.keys, self.values) if at_key else (self.values, self.keys)
        for length in range(len(where), -1, -1):
            for positions in order:
                if (found := positions.get(where[:length])) is not None:
                    return Fault(self.file, *found, message)
        return Fault(self.file, 1, 1, message)


_KEPT = 10
"""Files kept as read: a start asks for the same one up to seven times, for itself and for what others say of it."""


def read_yaml(path: Path) -> Document:
    """The YAML mapping in `path`; InvalidFiles with every fault that can be found without understanding it."""
    return _document(read_text(path), str(path))


def is_blank(path: Path) -> bool:
    """Whether the YAML in `path` is nothing but comments; InvalidFiles when it cannot be read."""
    root = _root(read_text(path), str(path))
    return root is None or (isinstance(root, Scalar) and root.empty)


@lru_cache(maxsize=_KEPT)
def _root(text: str, file: str) -> Node | None:
    return parse_yaml(text, file)


@lru_cache(maxsize=_KEPT)
def _document(text: str, file: str) -> Document:
    root = _root(text, file)
    if not isinstance(root, Mapping):
        raise InvalidFiles([Fault(file, 1, 1, say("config.yaml_not_mapping"))])
    values: dict[Where, tuple[int, int]] = {}
    keys: dict[Where, tuple[int, int]] = {}
    return Document(file, _value(root, (), values, keys), values, keys)


def _value(node: Node, where: Where, values: dict[Where, tuple[int, int]], keys: dict[Where, tuple[int, int]]) -> Any:
    """What a node says, its places entered into `values` and `keys`; `parse_yaml` has bounded the recursion."""
    values[where] = (node.line, node.column)
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Sequence):
        return [_value(item, (*where, index), values, keys) for index, item in enumerate(node.items)]
    result = {}
    for key, value in node.entries:
        keys[(*where, key.value)] = (key.line, key.column)
        result[key.value] = _value(value, (*where, key.value), values, keys)
    return result


_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def _scalar(node: Scalar) -> str | int | float | bool | None:
    """A plain value by the core schema of YAML 1.2 (10.3.2), decimal numbers alone; a date stays the text written."""
    if not node.plain:
        return node.value
    if node.empty:
        return None
    if node.value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return node.value.lower() == "true"
    if _WHOLE.fullmatch(node.value):
        return int(node.value)
    return float(node.value) if _DECIMAL.fullmatch(node.value) else node.value


_TABLE = re.compile(r"^[ \t]*\[{1,2}[ \t]*(?P<name>[^\[\] \t][^\[\]]*)\]{1,2}[ \t]*(#.*)?$")
_KEY = re.compile(r"""^(?P<before>[ \t]*)(?P<key>(?:[\w-]+|"[^"]*"|'[^']*')(?:[ \t]*\.[ \t]*[\w-]+)*)[ \t]*=[ \t]*""")
# tomllib's memory grows with the square of a dotted key's parts.
_LONG_DOTTED = re.compile(rf"""(?<![\w-])(?:(?:"[^"\n]*+"|'[^'\n]*+'|[\w-]++)[ \t]*+\.[ \t]*+){{{DEEPEST}}}""")
_WHERE_IN_TEXT = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_toml(path: Path) -> Document:
    """The TOML in `path` with the positions of tables and of keys written one per line; InvalidFiles for bad syntax."""
    text, secrets = hide_secrets(read_text(path).replace("\r\n", "\n"), str(path))
    if secrets:
        raise InvalidFiles(secrets[: MOST_FAULTS + 1])
    if text.count("=") > MOST_NODES:
        raise InvalidFiles([Fault(str(path), 1, 1, say("config.too_many_nodes", most=MOST_NODES))])
    if dotted := _LONG_DOTTED.search(text):
        message = say("config.too_deep", deepest=DEEPEST)
        raise InvalidFiles([fault_behind(text[: dotted.start()], str(path), message)])
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise InvalidFiles([Fault(str(path), 1, 1, say("config.too_deep", deepest=DEEPEST))]) from None
    except tomllib.TOMLDecodeError as error:
        found = _WHERE_IN_TEXT.search(str(error))
        place = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        raise InvalidFiles([Fault(str(path), *place, say("config.toml_syntax"))]) from None
    values: dict[Where, tuple[int, int]] = {(): (1, 1)}
    keys: dict[Where, tuple[int, int]] = {}
    items: dict[Where, int] = {}
    table: Where = ()
    inside = ""
    for number, line in enumerate(text.split("\n"), start=1):
        # tomllib tells no positions; lines inside a multi-line string are skipped, so they cannot pass for keys.
        if inside:
            inside = "" if line.count(inside) % 2 else inside
            continue
        inside = next((quotes for quotes in ('"""', "'''") if line.count(quotes) % 2), "")
        if header := _TABLE.match(line):
            table = _dotted(header["name"])
            if line.lstrip().startswith("[["):  # one more of an array of tables
                items[table] = items.get(table, -1) + 1
                table = (*table, items[table])
            keys[table] = values[table] = (number, header.start("name") + 1)
        elif entry := _KEY.match(line):
            where = (*table, *_dotted(entry["key"]))
            keys[where] = (number, entry.start("key") + 1)
            values[where] = (number, entry.end() + 1)
    return Document(str(path), data, values, keys)


def _dotted(name: str) -> Where:
    return tuple(part.strip().strip("\"'") for part in name.split("."))
