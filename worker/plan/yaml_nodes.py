"""YAML as plain marked nodes, read from the parser's events.

Only maps, lists and words: tags, anchors, aliases, merge keys and repeated keys are refused. Nothing is recursive and
size, depth and number of nodes are capped, so no file can exhaust the stack or the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from worker.errors import Fault, InvalidFiles
from worker.messages import say

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_NODES = 20_000


@dataclass
class Scalar:
    """A word as written; `empty` when nothing (or a plain `null` or `~`) stands there. Line and column from 1."""

    line: int
    column: int
    value: str
    empty: bool


@dataclass
class Sequence:
    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass
class Mapping:
    line: int
    column: int
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)


Node = Scalar | Sequence | Mapping

# YAML 1.2, production 1 (c-printable).
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def shortened(text: str) -> str:
    """`text` as a message may quote it: 100 characters at most."""
    return text if len(text) <= 100 else f"{text[:99]}…"


def decode(data: bytes, file: str) -> str:
    """The text of a file a person wrote, without its BOM; InvalidFiles when it is too large, not UTF-8 or binary."""
    if len(data) > MAX_BYTES:
        raise InvalidFiles([Fault(file, 1, 1, say("plan.file_too_large", limit=MAX_BYTES // 1024))])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        raise InvalidFiles([_fault_behind(file, before, say("plan.not_utf8"))]) from None
    if odd := _UNPRINTABLE.search(text):
        code = f"U+{ord(odd[0]):04X}"
        raise InvalidFiles([_fault_behind(file, text[: odd.start()], say("plan.unprintable", code=code))])
    return text


def read_yaml(text: str, file: str) -> Node | None:
    """The single document of `text` as nodes, None when it is empty. Raises InvalidFiles with every fault found."""
    builder = _Builder(file)
    try:
        for event in _events(text):
            builder.take(event)
    except MarkedYAMLError as error:
        builder.faults.append(_syntax_fault(file, error))
    except YAMLError:
        builder.fault(1, 1, "plan.yaml_broken")
    except _TooMuch:
        pass
    if builder.faults:
        raise InvalidFiles(builder.faults)
    return builder.root


def _events(text: str) -> Iterator[Event]:
    events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
    return events


class _TooMuch(Exception):
    """The file is deeper or longer than any plan; reading stops there."""


class _Builder:
    """Takes events one by one; `root` is the finished document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.root: Node | None = None
        self._open: list[Sequence | Mapping] = []
        self._keys: list[Scalar | None] = []
        self._seen: list[dict[str, int]] = []
        self._nodes = 0
        self._documents = 0

    def fault(self, line: int, column: int, key: str, /, **values: object) -> None:
        shown = {name: shortened(value) if isinstance(value, str) else value for name, value in values.items()}
        self.faults.append(Fault(self.file, line, column, say(key, **shown)))

    def take(self, event: Event) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:
                self.fault(line, column, "plan.second_document")
        elif isinstance(event, CollectionEndEvent):
            if isinstance(self._open.pop(), Mapping):
                self._keys.pop()
                self._seen.pop()
        elif isinstance(event, NodeEvent):
            self._node(event, line, column)

    def _node(self, event: NodeEvent, line: int, column: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(self._open) >= MAX_DEPTH:
            self.fault(line, column, "plan.too_deep" if self._nodes <= MAX_NODES else "plan.too_many_nodes")
            raise _TooMuch
        if isinstance(event, AliasEvent):
            self.fault(line, column, "plan.alias", name=event.anchor)
            self._place(Scalar(line, column, "", empty=True))
            return
        if event.anchor is not None:
            self.fault(line, column, "plan.alias", name=event.anchor)
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self.fault(line, column, "plan.tag", tag=event.tag)
        if isinstance(event, ScalarEvent):
            empty = event.style is None and event.value in ("", "~", "null", "Null", "NULL")
            self._place(Scalar(line, column, event.value, empty))
        elif isinstance(event, SequenceStartEvent):
            self._enter(Sequence(line, column))
        elif isinstance(event, MappingStartEvent):
            self._enter(Mapping(line, column))

    def _enter(self, node: Sequence | Mapping) -> None:
        self._place(node)
        self._open.append(node)
        if isinstance(node, Mapping):
            self._keys.append(None)
            self._seen.append({})

    def _place(self, node: Node) -> None:
        """Put a finished or just opened node into whatever is open."""
        if not self._open:
            self.root = node
        elif isinstance(parent := self._open[-1], Sequence):
            parent.items.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = self._key(node)
        else:
            parent.entries.append((key, node))
            self._keys[-1] = None

    def _key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            self.fault(node.line, node.column, "plan.key_no_word")
            return Scalar(node.line, node.column, "", empty=True)
        if node.value == "<<":
            self.fault(node.line, node.column, "plan.merge_key")
        elif node.value in self._seen[-1]:
            first = self._seen[-1][node.value]
            self.fault(node.line, node.column, "plan.key_twice", key=node.value, first=first)
        self._seen[-1].setdefault(node.value, node.line)
        return node


_SYNTAX = (
    ("quoted scalar", "unexpected end", "plan.yaml_open_quote"),
    ("flow", "expected ',' or", "plan.yaml_open_bracket"),
    ("", "'\\t'", "plan.yaml_tab"),
    ("", "mapping values are not allowed", "plan.yaml_colon"),
    ("", "cannot start any token", "plan.yaml_needs_quotes"),
    ("", "unknown escape", "plan.yaml_escape"),
    ("", "expected <block end>", "plan.yaml_indent"),
    ("", "could not find expected ':'", "plan.yaml_no_colon"),
)
_WHERE_IT_BEGAN = ("plan.yaml_open_quote", "plan.yaml_open_bracket")


def _syntax_fault(file: str, error: MarkedYAMLError) -> Fault:
    context, problem = str(error.context or ""), str(error.problem or "")
    key = next((k for about, what, k in _SYNTAX if about in context and what in problem), "plan.yaml_broken")
    mark = error.problem_mark or error.context_mark
    if key in _WHERE_IT_BEGAN and error.context_mark is not None:
        mark = error.context_mark
    if mark is None:
        return Fault(file, 1, 1, say(key))
    return Fault(file, mark.line + 1, mark.column + 1, say(key))


def _fault_behind(file: str, before: str, message: str) -> Fault:
    lines = _LINE_BREAK.split(before)
    return Fault(file, len(lines), len(lines[-1]) + 1, message)
