"""The log on stderr, in which no link's token can stand, whoever writes the line."""

from __future__ import annotations

import logging
import re
import sys

# 43 characters are 256 bits in base64url, the token of every link; 22 behind /o/ are the 128 bits of an unsubscribe
# link. Ours log no addresses at all; a library, or the message of an exception, might.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])|(?<=/o/)[\w-]{22}(?![\w-])", re.ASCII)


class WithoutTokens(logging.Formatter):
    """Formats a record, traceback included, with `…` in place of every token."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("…", super().format(record))


def log_to_stderr() -> None:
    """Warnings of everybody and what Hlasatel itself tells, on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutTokens("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("hlasatel").setLevel(logging.INFO)
    # A round that sends takes longer than a second; that the next one waits for it is meant so.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
