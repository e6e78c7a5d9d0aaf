"""A secret that the environment holds, or better a file that it names."""

from __future__ import annotations

import os
from pathlib import Path


def kept_secret(variable: str) -> str:
    """What `variable` holds, or the file that `<variable>_FILE` names; empty without either, or what is no text.

    Read at every use: whoever renews the file restarts nothing.
    """
    file = os.environ.get(f"{variable}_FILE")
    try:
        return (Path(file).read_text(encoding="utf-8") if file else os.environ.get(variable, "")).strip()
    except (OSError, UnicodeDecodeError):
        return ""
