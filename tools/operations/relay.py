"""The mail server and the mailbox of a person: whatever a machine sends is kept, and its links are followed."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tools.operations.machine import HOST, Failed

_LINK = re.compile(r"https://\S+/schvaleni/\S+")


class Mailbox:
    """What has come, oldest first."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content))
        return "250 taken"

    def wait_for(self, words: str, seconds: float = 60) -> EmailMessage:
        """The newest mail whose subject begins with „Ke schválení“ and holds `words`; Failed when none comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            asking = [each for each in self.mails if re.match(f"Ke schválení.*{words}", str(each["Subject"]))]
            if asking:
                return asking[-1]
            time.sleep(0.2)
        raise Failed(f"no mail asks to approve {words!r}; there came {[str(mail['Subject']) for mail in self.mails]}")


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A relay on the machines' network that takes everything."""
    kept = Mailbox()
    server = Controller(kept, hostname=HOST, port=25)
    server.start()
    try:
        yield kept
    finally:
        server.stop()


def approve(mail: EmailMessage, address: str, certificate: Path, folder: Path) -> str:
    """Opens the link of a mail as a browser at `address` does, presses Schválit, and gives the page that answers."""
    body = mail.get_body(("plain",))
    link = _LINK.search(body.get_content() if body is not None else "")
    if link is None:
        raise Failed(f"the mail {mail['Subject']!r} has no link to approve by")
    page = _curl(link[0], address, certificate, folder)
    if 'value="approve"' not in page:
        raise Failed(f"the page of the link offers no approval:\n{page[:3000]}")
    return _curl(link[0], address, certificate, folder, "--data", "decision=approve&comment=")


def _curl(url: str, address: str, certificate: Path, folder: Path, *more: str) -> str:
    name, cookies = url.split("/")[2], str(folder / "cookies")
    command = ["curl", "-sS", "--fail-with-body", "-L", "--post302", "--resolve", f"{name}:443:{address}"]
    kept = ["--cacert", str(certificate), "-b", cookies, "-c", cookies, "-H", f"Origin: https://{name}"]
    done = subprocess.run([*command, *kept, *more, url], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise Failed(f"{url.partition('/schvaleni/')[0]}: {done.stderr}{done.stdout[:2000]}")
    return done.stdout
