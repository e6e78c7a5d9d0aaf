"""Sample words for what the templates of a kind leave to a person: for the gallery, the checks and a rehearsal.

They stand beside the kinds' folders, so that a change of one changes no draft.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from worker.errors import HlasatelError
from worker.messages import say


def sample_fields(templates: Path, kind_id: str) -> dict[str, str]:
    """Field id → text from `samples/<kind>.toml`; empty for a kind whose templates leave nothing to a person.

    HlasatelError when the file is no TOML table of texts.
    """
    file = templates / f"samples/{kind_id}.toml"
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HlasatelError(say("occasions.bad_sample", file=file, cause=error)) from None
    if not all(isinstance(text, str) for text in found.values()):
        raise HlasatelError(say("occasions.bad_sample", file=file, cause=", ".join(map(repr, found.values()))))
    return found
