"""A secret that the environment holds, or better a file that it names or a credential of systemd."""

from __future__ import annotations

import os

from worker.settings.environment import file_of


def kept_secret(variable: str) -> str:
    """What `variable` holds, or its file does; empty without either, or what is no text.

    Read at every use: whoever renews the file restarts nothing.
    """
    file = file_of(os.environ, variable)
    try:
        return (file.read_text(encoding="utf-8") if file else os.environ.get(variable, "")).strip()
    except (OSError, UnicodeDecodeError):
        return ""
