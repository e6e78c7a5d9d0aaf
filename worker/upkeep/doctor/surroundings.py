"""What stands round it: the pages as visitors reach them, the proxy before them, the mailbox for answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from worker.inbox.imap import trouble_with
from worker.messages import say
from worker.settings import is_sample_address
from worker.upkeep.doctor.examined import Examined
from worker.upkeep.findings import Finding, Level

PATIENCE = 5.0
"""Seconds for each answer of our own pages."""


def _pages(about: Examined) -> Iterator[Finding]:
    base, web = about.settings.base_url, about.settings.web
    host = urlsplit(base).hostname or ""
    outside = host not in ("127.0.0.1", "localhost", "::1")
    if outside and is_sample_address(f"urad@{host}"):
        yield Finding("pages", Level.NOTE, say("doctor.pages_sample", address=base))
        return
    status, text = _asked(f"{base}/healthz")
    if status != 200 or text.strip() != "ok":
        why = text if status == 0 else say("doctor.pages_status", status=status)
        yield Finding("pages", Level.NOTE, say("doctor.pages_unreached", address=base, why=why))
        return
    yield Finding("pages", Level.OK, say("doctor.pages", address=base))
    if outside and not web.proxies and base.startswith("https://"):
        yield Finding("proxy", Level.NOTE, say("doctor.proxy_unlisted"))
    if outside and _asked(f"{base}/metrics")[0] == 200:
        yield Finding("proxy", Level.FAULT, say("doctor.proxy_silent"))


def _asked(address: str) -> tuple[int, str]:
    """Status and beginning of the answer; 0 and why when none came."""
    import requests

    try:
        answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
        return answer.status_code, answer.text[:100]
    except requests.exceptions.SSLError:
        return 0, say("doctor.pages_untrusted")
    except requests.RequestException as error:
        return 0, type(error).__name__


def _mailbox(about: Examined) -> Iterator[Finding]:
    inbox, imap = about.settings.inbox, about.settings.imap
    if inbox is None:
        return
    if inbox.maildir is not None:
        new = inbox.maildir / "new"
        sound = new.is_dir() and os.access(new, os.R_OK | os.W_OK | os.X_OK)
        key, level = ("mailbox", Level.OK) if sound else ("mailbox_folder", Level.FAULT)
        yield Finding("mailbox", level, say(f"doctor.{key}", place=inbox.maildir))
    if imap is not None:
        why = trouble_with(imap)
        key, level = ("mailbox", Level.OK) if why is None else ("mailbox_closed", Level.FAULT)
        yield Finding("mailbox", level, say(f"doctor.{key}", place=imap, why=why or ""))


CHECKS: tuple[Callable[[Examined], Iterator[Finding]], ...] = (_pages, _mailbox)
