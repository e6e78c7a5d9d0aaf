"""Reads the YAML and TOML that people write by hand, and remembers where each value stands.

YAML is read strictly: the plain types alone, no tags, anchors, aliases, merge keys or repeated keys, at most 1 MiB and
`DEEPEST` levels. A file that breaks this is refused with a `Fault`; a file that keeps it comes back as dicts, lists and
plain values, with the line and column of every key and value.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from worker.errors import Fault, InvalidFiles
from worker.messages import say

LARGEST = 1024 * 1024
"""Bytes of a file a person edits; a plan for ten years takes a few per cent of it."""

DEEPEST = 20
"""Levels of nesting; keeps a hostile file from exhausting the stack."""

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """What a file says and where it says it; a place is the path of keys and indices, `()` the file itself."""

    file: str
    data: Any
    values: Mapping[Where, tuple[int, int]] = field(default_factory=dict)
    keys: Mapping[Where, tuple[int, int]] = field(default_factory=dict)

    def fault(self, where: Where, message: str, *, at_key: bool = False) -> Fault:
        """A fault at the value (or its key) under `where`, or at the nearest thing around it that has a position."""
        order = (self.keys, self.values) if at_key else (self.values, self.keys)
        for length in range(len(where), -1, -1):
            for positions in order:
                if (found := positions.get(where[:length])) is not None:
                    return Fault(self.file, *found, message)
        return Fault(self.file, 1, 1, message)


def read_text(path: Path) -> str:
    """The UTF-8 text of a file a person edits, without its BOM; InvalidFiles if missing, too large or not UTF-8."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise InvalidFiles([Fault(str(path), 1, 1, say("config.file_missing"))]) from None
    except OSError as error:
        raise InvalidFiles([Fault(str(path), 1, 1, say("config.file_unreadable", reason=error.strerror))]) from None
    if len(raw) > LARGEST:
        raise InvalidFiles([Fault(str(path), 1, 1, say("config.file_too_large"))])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise InvalidFiles([Fault(str(path), line, column, say("config.file_not_utf8"))]) from None


def read_yaml(path: Path) -> Document:
    """The YAML mapping in `path`; InvalidFiles with every fault that can be found without understanding it."""
    return parse_yaml(read_text(path), str(path))


def parse_yaml(text: str, file: str) -> Document:
    """The same for a text already read; `file` is the name the faults carry."""
    try:
        if faults := [Fault(file, *place, message) for place, message in _forbidden(text)]:
            raise InvalidFiles(faults)
        node = _yaml().compose(text)
    except YAMLError as error:
        raise InvalidFiles([_syntax_fault(error, file, text)]) from None
    reader = _Reader(file)
    if not isinstance(node, MappingNode):
        raise InvalidFiles([Fault(file, 1, 1, say("config.yaml_not_mapping"))])
    data = reader.value(node, ())
    if reader.faults:
        raise InvalidFiles(reader.faults)
    return Document(file, data, reader.values, reader.keys)


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)


def _place(event: NodeEvent | DocumentStartEvent) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _forbidden(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Looks at the event stream, before anything is built: an alias bomb is refused while it is still small."""
    depth = documents = 0
    for event in _yaml().parse(text):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents == 2:
                yield _place(event), say("config.yaml_second_document")
        elif isinstance(event, AliasEvent):
            yield _place(event), say("config.yaml_alias", name=event.anchor)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent, ScalarEvent)):
            if event.anchor is not None:
                yield _place(event), say("config.yaml_anchor", name=event.anchor)
            if event.tag is not None:
                yield _place(event), say("config.yaml_tag", tag=event.tag)
            if not isinstance(event, ScalarEvent):
                depth += 1
                if depth > DEEPEST:
                    yield _place(event), say("config.yaml_too_deep", deepest=DEEPEST)
                    return
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            depth -= 1


def _syntax_fault(error: YAMLError, file: str, text: str) -> Fault:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        tab = "\\t" in str(error.problem) or text.splitlines()[mark.line : mark.line + 1] == ["\t"]
        return Fault(file, mark.line + 1, mark.column + 1, say("config.yaml_tab" if tab else "config.yaml_syntax"))
    position = getattr(error, "position", 0)
    line = text.count("\n", 0, position) + 1
    return Fault(file, line, position - text.rfind("\n", 0, position), say("config.yaml_character"))


class _Reader:
    """Turns nodes into plain values, noting positions and the faults of keys."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[Where, tuple[int, int]] = {}
        self.keys: dict[Where, tuple[int, int]] = {}
        self.faults: list[Fault] = []

    def value(self, node: Node, where: Where) -> Any:
        self.values[where] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, where)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*where, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: MappingNode, where: Where) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, ScalarNode):
                self.faults.append(Fault(self.file, *place, say("config.yaml_key_not_text")))
                continue
            key = str(key_node.value)
            if key == "<<":
                self.faults.append(Fault(self.file, *place, say("config.yaml_merge_key")))
            elif key in result:
                first = self.keys[(*where, key)][0]
                self.faults.append(Fault(self.file, *place, say("config.yaml_repeated_key", key=key, line=first)))
            else:
                self.keys[(*where, key)] = place
                result[key] = self.value(value_node, (*where, key))
        return result


_NUMBERS = {"int": int, "float": float}
_WORDS = {"true": True, "false": False}


def _scalar(node: Node) -> Any:
    """A plain value by the YAML 1.2 core types; what looks like a date stays the text that was written."""
    text = str(node.value)
    kind = str(node.tag).rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return _WORDS.get(text.lower(), text)
    if kind in _NUMBERS:
        try:
            return _NUMBERS[kind](text)
        except ValueError:
            return text
    return text


_TABLE = re.compile(r"^[ \t]*\[{1,2}[ \t]*(?P<name>[^\[\]]+?)[ \t]*\]{1,2}[ \t]*(#.*)?$")
_KEY = re.compile(r"""^(?P<before>[ \t]*)(?P<key>(?:[\w-]+|"[^"]*"|'[^']*')(?:[ \t]*\.[ \t]*[\w-]+)*)[ \t]*=[ \t]*""")
_WHERE_IN_TEXT = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_toml(path: Path) -> Document:
    """The TOML in `path` with the positions of tables and of keys written one per line; InvalidFiles for bad syntax."""
    text = read_text(path).replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _WHERE_IN_TEXT.search(str(error))
        place = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        raise InvalidFiles([Fault(str(path), *place, say("config.toml_syntax"))]) from None
    values: dict[Where, tuple[int, int]] = {(): (1, 1)}
    keys: dict[Where, tuple[int, int]] = {}
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
            keys[table] = values[table] = (number, header.start("name") + 1)
        elif entry := _KEY.match(line):
            where = (*table, *_dotted(entry["key"]))
            keys[where] = (number, entry.start("key") + 1)
            values[where] = (number, entry.end() + 1)
    return Document(str(path), data, values, keys)


def _dotted(name: str) -> Where:
    return tuple(part.strip().strip("\"'") for part in name.split("."))
