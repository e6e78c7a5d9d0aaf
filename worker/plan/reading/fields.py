"""Reading the nodes of a plan field by field, collecting every fault instead of stopping at the first."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from typing import TypeVar

from worker.errors import Fault
from worker.messages import say
from worker.plan.words.nearest import suggestion
from worker.plan.words.phrases import PhraseError
from worker.positions import Faults, Mapping, Node, Scalar, Sequence, shortened

MAX_WORDS = 2000
"""Characters one entry may hold."""

_CURLY_QUOTES = "„“”‚‘’«»\"' "
"""What word processors put for a quotation mark, which YAML takes for a letter."""

T = TypeVar("T")


class Fields:
    """The entries of one map. Every getter returns a harmless value beside a recorded fault."""

    def __init__(self, node: Mapping, file: str, faults: Faults, known: Collection[str]) -> None:
        self.node = node
        self._file = file
        self._faults = faults
        self._entries: dict[str, Node] = {}
        for key, value in node.entries:
            if key.value in known:
                self._entries[key.value] = value
            else:
                self._fault(key, "unknown_key", key=key.value, hint=suggestion(key.value, known))

    def _fault(self, node: Node, message: str, /, **values: str) -> None:
        shown = {name: shortened(value) if name != "hint" else value for name, value in values.items()}
        self._faults.add(Fault(self._file, node.line, node.column, say(f"plan.{message}", **shown)))

    def node_of(self, key: str) -> Node | None:
        """The node behind `key`, None when it is missing or empty."""
        node = self._entries.get(key)
        return None if isinstance(node, Scalar) and node.empty else node

    def is_empty(self, key: str) -> bool:
        """Whether nothing, or an empty list, stands behind `key`."""
        node = self.node_of(key)
        return node is None or (isinstance(node, Sequence) and not node.items)

    def place(self, key: str) -> Node:
        """Where a fault of `key` belongs: its value, or the map when there is none."""
        return self._entries.get(key, self.node)

    def reject(self, key: str, message: str) -> None:
        """Record a fault found by the caller in the value of `key`."""
        self.reject_at(self.place(key), message)

    def text(self, key: str, *, required: bool = False) -> str:
        """The words of `key`, line breaks as spaces; empty when there are none."""
        node = self.node_of(key)
        if node is None:
            if required:
                self._fault(self.place(key), "missing", key=key)
            return ""
        return self._words(node, key)

    def read(self, key: str, parse: Callable[[str], T], *, required: bool = False) -> T | None:
        """`parse` applied to the words of `key`; None when they are missing or not understood."""
        words = self.text(key, required=required)
        if not words:
            return None
        try:
            return parse(words)
        except PhraseError as error:
            self.reject(key, str(error))
            return None

    def quoted(self, key: str, parse: Callable[[str], T]) -> T | None:
        """The same for an hour, which must stand in quotes: readers of YAML 1.1 take a bare `10:00` for a number."""
        node = self.node_of(key)
        if isinstance(node, Scalar) and node.plain:
            written = node.value.strip(_CURLY_QUOTES)
            meant = f"{written}:00" if written.isdecimal() else written
            self._fault(node, "needs_quotes", key=key, value=written, meant=meant)
            return None
        return self.read(key, parse)

    def flag(self, key: str) -> bool:
        """`true` or `false`; false when nothing stands there."""
        words = self.text(key)
        if words not in ("", "true", "false"):
            self._fault(self.place(key), "bad_flag", key=key, value=words)
        return words == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of words; a single word counts as a list of one."""
        return tuple(words for node in self._items(key) if (words := self._words(node, key)))

    def parsed(self, key: str, parse: Callable[[str], T]) -> tuple[tuple[T, Node], ...]:
        """A list whose items `parse` reads, each with its place; an item not understood is a fault of its own."""
        found = ((self.parse_node(node, key, parse), node) for node in self._listed(key))
        return tuple((value, node) for value, node in found if value is not None)

    def ids(self, key: str, known: frozenset[str] | None) -> tuple[str, ...]:
        """A list of ids out of `known` (of any ids, when None), each once."""
        found: list[str] = []
        for node in self._listed(key):
            name = self._words(node, key)
            if not name:
                continue
            if known is not None and name not in known:
                self._fault(node, f"unknown_{key}", value=name, hint=suggestion(name, known))
            elif name in found:
                self._fault(node, "id_twice", value=name, key=key)
            else:
                found.append(name)
        return tuple(found)

    def map(self, key: str, known: Collection[str], example: str) -> Fields | None:
        """The map behind `key`; `example` shows how its entries are written."""
        node = self.node_of(key)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self._fault(node, "not_a_map", key=key, known=", ".join(known), example=example)
            return None
        return Fields(node, self._file, self._faults, known)

    def entries(self, key: str, example: str) -> list[tuple[Scalar, Node]]:
        """The entries of the map behind `key`, whose keys are the author's own."""
        node = self.node_of(key)
        if isinstance(node, Mapping):
            return list(node.entries)
        if node is not None and not self.is_empty(key):
            self._fault(node, "not_a_table", key=key, example=example)
        return []

    def below(self, node: Node, key: str, known: Collection[str], example: str) -> Fields | None:
        """The map `node`, one of the entries behind `key`."""
        if isinstance(node, Mapping):
            return Fields(node, self._file, self._faults, known)
        self._fault(node, "not_a_map", key=key, known=", ".join(known), example=example)
        return None

    def parse_node(self, node: Node, key: str, parse: Callable[[str], T]) -> T | None:
        """`parse` applied to the words of `node`, one of the entries behind `key`."""
        if not (words := self._words(node, key)):
            return None
        try:
            return parse(words)
        except PhraseError as error:
            self.reject_at(node, str(error))
            return None

    def reject_at(self, node: Node, message: str) -> None:
        """Record a fault found by the caller in `node`, whose words it quotes no longer than others."""
        if isinstance(node, Scalar):
            words = _on_one_line(node)
            message = message.replace(words, shortened(words)) if words else message
        self._faults.add(Fault(self._file, node.line, node.column, message))

    def has(self, key: str) -> bool:
        """Whether `key` stands there, be it with nothing behind it."""
        return key in self._entries

    def is_strange(self) -> bool:
        """Whether none of its keys is known, which was told already."""
        return bool(self.node.entries) and not self._entries

    def holds(self, key: str, inner: str) -> bool:
        """Whether behind `key` stands a map with `inner` in it."""
        node = self.node_of(key)
        return isinstance(node, Mapping) and any(each.value == inner for each, _ in node.entries)

    def _items(self, key: str) -> list[Node]:
        node = self.node_of(key)
        if node is None:
            return []
        return node.items if isinstance(node, Sequence) else [node]

    def _listed(self, key: str) -> list[Node]:
        """The items of a list whose items hold no comma: words with commas are a list without its brackets."""
        node = self.node_of(key)
        if isinstance(node, Scalar) and "," in node.value:
            self._fault(node, "needs_brackets", key=key, value=node.value.strip())
            return []
        return self._items(key)

    def _words(self, node: Node, key: str) -> str:
        if not isinstance(node, Scalar):
            self._fault(node, "not_words", key=key)
            return ""
        words = _on_one_line(node)
        if len(words) > MAX_WORDS:
            self._fault(node, "too_long", key=key, limit=str(MAX_WORDS))
            return ""
        # Escapes in double quotes can smuggle in what the file itself must not hold.
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in words):
            self._fault(node, "control_character", key=key)
            return ""
        return words


def _on_one_line(node: Scalar) -> str:
    return " ".join(node.value.splitlines()).replace("\t", " ").strip()
