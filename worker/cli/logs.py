"""The log on stderr: lines for people, or an object of JSON each for programs, and nothing in it that must not be read.

`HLASATEL_LOG_FORMAT=json` writes one object a line: `time` (RFC 3339, UTC), `level`, `logger`, `message`, `process`;
where they are known `occurrence`, `event`, `seq`, `mailing`, `slice`, `feed`; and the traceback as `exception`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType

from worker.cli.discreet import Discreet
from worker.errors import HlasatelError
from worker.messages import say

FORMAT = "HLASATEL_LOG_FORMAT"
ABOUT = ("occurrence", "event", "seq", "mailing", "slice", "feed")
"""What a line may say of what it is about (`extra` of the logging module)."""
log = logging.getLogger("hlasatel")


class Lines(logging.Formatter):
    """A record as a line, its traceback below it."""

    def __init__(self, discreet: Discreet | None = None, form: str | None = None) -> None:
        super().__init__(form or "%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._discreet = discreet or Discreet()

    def format(self, record: logging.LogRecord) -> str:
        return self._discreet(super().format(record))


class Objects(Lines):
    """A record as an object of JSON on one line."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._discreet(record.getMessage()),
            "process": record.process,
        }
        for name in ABOUT:
            if (value := getattr(record, name, None)) is not None:
                said[name] = self._discreet(value) if isinstance(value, str) else value
        if record.exc_info:
            said["exception"] = self._discreet(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False, default=str)


def log_to_stderr() -> None:
    """Warnings of everybody and what Hlasatel itself tells, on stderr. HlasatelError for a format there is none of."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(os.environ.get(FORMAT, "")))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    log.setLevel(logging.INFO)
    # A round that sends takes longer than a second; that the next one waits for it is meant so.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def log_what_nobody_caught() -> None:
    """Have defects end this process, or a thread of it, with a traceback that passes the same formatter."""
    sys.excepthook = _log_what_nobody_caught
    threading.excepthook = _log_what_ended_a_thread


def _formatter(form: str) -> logging.Formatter:
    if form not in ("", "text", "json"):
        raise HlasatelError(say("cli.log_format", name=FORMAT, value=form))
    return Objects() if form == "json" else Lines()


def _log_what_nobody_caught(sort: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A defect ends the command with its traceback, as Python would, but past the formatter."""
    if issubclass(sort, KeyboardInterrupt):
        sys.__excepthook__(sort, error, trace)
        return
    log.critical("this is a defect of Hlasatel, please report it", exc_info=(sort, error, trace))


def _log_what_ended_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not issubclass(ended.exc_type, SystemExit):
        log.critical("a thread ended", exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback))
