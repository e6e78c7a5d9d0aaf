"""Reads the YAML, TOML and plain text that people write by hand, and remembers where each value stands."""

from __future__ import annotations

from worker.positions.documents import Document, Where, is_blank, read_toml, read_yaml
from worker.positions.faults import MOST_FAULTS, Faults, shortened
from worker.positions.nodes import Mapping, Node, Scalar, Sequence, parse_yaml
from worker.positions.secrets import hide_secrets
from worker.positions.text import LARGEST, decode, read_bytes, read_text, reason_of

__all__ = [
    "LARGEST",
    "MOST_FAULTS",
    "Document",
    "Faults",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "Where",
    "decode",
    "hide_secrets",
    "is_blank",
    "parse_yaml",
    "read_bytes",
    "read_text",
    "read_toml",
    "read_yaml",
    "reason_of",
    "shortened",
]
