"""YAML as plain marked nodes, read from the parser's events.

Only maps, lists and words: tags, anchors, aliases, merge keys and repeated keys are refused. Nothing is recursive, and
depth, number of nodes and length of a word are capped while reading, so no file can exhaust the stack or the memory.
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

from worker.errors import Fault
from worker.messages import say
from worker.positions.faults import Faults, shortened
from worker.positions.secrets import hide_secrets
from worker.positions.slips import garbled, slip_near
from worker.positions.text import fault_behind

DEEPEST = 20
MOST_NODES = 45_000
"""A plan of two thousand rows with ten entries each; a file at the limit takes about a second to read."""
MOST_LINES = 30_000
MOST_WORDS = 100_000
"""A plan of a thousand rows has about as many."""
LONGEST_WORD = 10_000
"""Characters without a blank; ruamel.yaml's time grows with the square of a tag's length."""


@dataclass
class Scalar:
    """A word as written; `plain` when it stands without quotes. Line and column from 1."""

    line: int
    column: int
    value: str
    plain: bool

    @property
    def empty(self) -> bool:
        """Whether nothing, or a plain `null` or `~`, stands there."""
        return self.plain and self.value in ("", "~", "null", "Null", "NULL")


@dataclass
class Sequence:
    """A list. Line and column from 1."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass
class Mapping:
    """A map, in the order written. Line and column from 1."""

    line: int
    column: int
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)


Node = Scalar | Sequence | Mapping


def parse_yaml(text: str, file: str, faults: Faults | None = None) -> Node | None:
    """The single document of `text` as nodes, None when it is empty; InvalidFiles with every fault found.

    `text` holds no control characters (`decode` refuses them); `file` is the name the faults carry. With `faults`,
    those that leave the rest readable are noted there and the nodes returned all the same: whoever goes on looking
    into them tells everything at once. A secret is hidden in every node.
    """
    builder = _Builder(file, Faults() if faults is None else faults)
    if found := _too_long(text) or garbled(text):
        builder.faults.add(fault_behind(text[: found[0]], file, found[1]))
        builder.faults.refuse()
    text, secrets = hide_secrets(text, file)
    for secret in secrets:
        # A value in quotes has its place one column before what is in them.
        builder.faults.settle(secret, (secret.line, secret.column - 1))
    try:
        for event in _events(text):
            builder.take(event)
    except MarkedYAMLError as error:
        builder.faults.add(slip_near(text, _syntax_fault(file, error)))
        builder.faults.refuse()
    except YAMLError:
        builder.fault(1, 1, "config.yaml_broken")
        builder.faults.refuse()
    except _TooMuch:
        builder.faults.refuse()
    if faults is None:
        builder.faults.refuse()
    return builder.root


def _too_long(text: str) -> tuple[int, str] | None:
    """Where `text` becomes more than ruamel.yaml reads in a moment, and what to say of it."""
    for number, word in enumerate(re.finditer(r"\S+", text)):
        if word.end() - word.start() > LONGEST_WORD:
            return word.start(), say("config.word_too_long", limit=LONGEST_WORD)
        if number == MOST_WORDS:
            return word.start(), say("files.too_many_words", most=MOST_WORDS)
    for number, line in enumerate(re.finditer("\n", text), start=1):
        if number == MOST_LINES:
            return line.end(), say("files.too_many_lines", most=MOST_LINES)
    return None


def _events(text: str) -> Iterator[Event]:
    events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
    return events


class _TooMuch(Exception):
    """The file is deeper or longer than any of ours; reading stops there."""


class _Builder:
    """Takes events one by one; `root` is the finished document."""

    def __init__(self, file: str, faults: Faults) -> None:
        self.file = file
        self.faults = faults
        self.root: Node | None = None
        self._open: list[Sequence | Mapping] = []
        self._keys: list[Scalar | None] = []
        self._seen: list[dict[str, int]] = []
        self._nodes = 0
        self._documents = 0

    def fault(self, line: int, column: int, key: str, /, *, settles: bool = False, **values: object) -> None:
        shown = {name: shortened(value) if isinstance(value, str) else value for name, value in values.items()}
        fault = Fault(self.file, line, column, say(key, **shown))
        if settles:
            self.faults.settle(fault)
        else:
            self.faults.add(fault)

    def take(self, event: Event) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:
                self.fault(line, column, "config.yaml_second_document")
                raise _TooMuch
        elif isinstance(event, CollectionEndEvent):
            if isinstance(self._open.pop(), Mapping):
                self._keys.pop()
                self._seen.pop()
        elif isinstance(event, NodeEvent):
            self._node(event, line, column)

    def _node(self, event: NodeEvent, line: int, column: int) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self.fault(line, column, "config.too_many_nodes", most=MOST_NODES)
            raise _TooMuch
        if len(self._open) >= DEEPEST:
            self.fault(line, column, "config.too_deep", deepest=DEEPEST)
            raise _TooMuch
        if isinstance(event, AliasEvent):
            # Beside a merge key the alias is the same mistake.
            if not (self._open and isinstance(self._open[-1], Mapping) and _is_merge(self._keys[-1])):
                self.fault(line, column, "config.yaml_alias", settles=True, name=event.anchor)
            self._place(Scalar(line, column, "", plain=True))
            return
        if event.anchor is not None:
            self.fault(line, column, "config.yaml_anchor", name=event.anchor)
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self.fault(line, column, "config.yaml_tag", tag=re.sub(r"^tag:yaml\.org,2002:", "!!", str(event.tag)))
        if isinstance(event, ScalarEvent):
            self._place(Scalar(line, column, event.value, plain=event.style is None))
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
            self.fault(node.line, node.column, "config.yaml_key_not_text", settles=True)
            return Scalar(node.line, node.column, "", plain=True)
        if _is_merge(node):
            parent = self._open[-1]
            fault = Fault(self.file, node.line, node.column, say("config.yaml_merge_key"))
            # What the map lacks is what would have been merged.
            self.faults.settle(fault, (parent.line, parent.column))
        elif node.value in self._seen[-1]:
            first = self._seen[-1][node.value]
            self.fault(node.line, node.column, "config.yaml_repeated_key", settles=True, key=node.value, line=first)
        self._seen[-1].setdefault(node.value, node.line)
        return node


def _is_merge(key: Scalar | None) -> bool:
    return key is not None and key.plain and key.value == "<<"


_SYNTAX = (
    ("quoted scalar", "unexpected end", "config.yaml_open_quote"),
    ("flow", "expected ',' or", "config.yaml_open_bracket"),
    ("", "'\\t'", "config.yaml_tab"),
    ("", "mapping values are not allowed", "config.yaml_colon"),
    ("", "cannot start any token", "config.yaml_needs_quotes"),
    ("", "unknown escape", "config.yaml_escape"),
    ("", "expected <block end>", "config.yaml_indent"),
    ("", "could not find expected ':'", "config.yaml_no_colon"),
)
_WHERE_IT_BEGAN = ("config.yaml_open_quote", "config.yaml_open_bracket")


def _syntax_fault(file: str, error: MarkedYAMLError) -> Fault:
    context, problem = str(error.context or ""), str(error.problem or "")
    key = next((k for about, what, k in _SYNTAX if about in context and what in problem), "config.yaml_broken")
    mark = error.problem_mark or error.context_mark
    if key in _WHERE_IT_BEGAN and error.context_mark is not None:
        mark = error.context_mark
    if mark is None:
        return Fault(file, 1, 1, say(key))
    return Fault(file, mark.line + 1, mark.column + 1, say(key))
