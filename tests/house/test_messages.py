"""The message catalogue: every message in both languages with the same places, every message asked for is there."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from worker.messages import LANGUAGES

PROJECT = Path(__file__).parents[2]
AREAS = sorted((PROJECT / "worker" / "messages").glob("*.toml"))
# say("area.name", …) in code and templates, and a label key given by its literal. Of a key that is put together, the
# part before what is filled in is seen: say("states." ~ state), say(f"states.{state}").
_ASKED = re.compile(
    r"""(?:\bsay\(|_key\s*=\s*|_key:\s*(?:ClassVar\[str\]|str)\s*=\s*)\s*f?(["\'])([a-z_]+\.[a-z0-9_.-]*)([^"\']*)\1\s*([~+]?)"""
)


def _catalogue() -> dict[str, dict[str, str]]:
    return {
        f"{area.stem}.{name}": texts
        for area in AREAS
        for name, texts in tomllib.loads(area.read_text(encoding="utf-8")).items()
    }


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.stem)
def test_every_message_is_in_both_languages_with_the_same_places(area: Path) -> None:
    for name, texts in tomllib.loads(area.read_text(encoding="utf-8")).items():
        assert set(texts) == set(LANGUAGES), f"{area.name}: [{name}] has {sorted(texts)}"
        assert all(text.strip() for text in texts.values()), f"{area.name}: [{name}] is empty in a language"
        czech, english = (_places(texts[language]) for language in ("cs", "en"))
        assert czech == english, f"{area.name}: [{name}] cs has {czech}, en has {english}"
        assert all(place.isidentifier() for place in czech), f"{area.name}: [{name}] has a place without a name"


def test_every_message_asked_for_is_in_the_catalogue() -> None:
    catalogue = _catalogue()
    files = [*(PROJECT / "worker").rglob("*.py"), *(PROJECT / "templates").rglob("*.*")]
    asked = [
        (path, key, bool(filled_in or joined))
        for path in files
        if path.suffix in {".py", ".html", ".txt", ".md"}
        for _, key, filled_in, joined in _ASKED.findall(path.read_text(encoding="utf-8"))
    ]
    assert any(is_prefix for _, _, is_prefix in asked)
    missing = [
        f"{path.relative_to(PROJECT)}: {key}"
        for path, key, is_prefix in asked
        if not (any(known.startswith(key) for known in catalogue) if is_prefix else key in catalogue)
    ]
    assert missing == []
