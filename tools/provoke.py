"""Has real mail servers refuse real mails and keeps what they send back: tests/data/bounces/<server>/<why>.eml.

    python -m tools.provoke postfix
    EXIM_ROOT=… python -m tools.provoke exim

As root. Exim and Postfix do not get on as packages: unpack `exim4-daemon-light` into a folder and name it in EXIM_ROOT.
"""

from __future__ import annotations

import re
import shutil
import smtplib
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tests.fixtures.mail_servers import DOMAIN, MailServer, exim_running, postfix_running
from tests.fixtures.smtp_server import scripted_relay

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "bounces"
THERE = "jinde.example.net"
SERVERS: dict[str, Callable[[int], AbstractContextManager[MailServer]]] = {
    "postfix": postfix_running,
    "exim": exim_running,
}
REFUSALS = {
    "dead": "550 5.1.1 <dead@jinde.example.net>: Recipient address rejected: User unknown in virtual mailbox table",
    "plain": "550 No such user here",
    "full": "552 5.2.2 <full@jinde.example.net>: Mailbox full",
    "full-plain": "552 Requested mail action aborted: exceeded storage allocation",
    "spam": "550 5.7.1 Our system has detected that this message is likely unsolicited mail",
    "domain": "550 5.1.2 Host unknown",
    "sender": "550 5.1.8 Bad sender's system address",
    "disabled": "550 5.2.1 The email account that you tried to reach is disabled",
    "no-mail": "556 5.1.10 Recipient address has null MX",
}
"""Who is refused, and how, as providers word it."""


def provoke(name: str) -> int:
    """Write what one server sends back; how many there were."""
    with scripted_relay() as remote:
        for who, refusal in REFUSALS.items():
            remote.answer_to(f"{who}@{THERE}", refusal)
        with SERVERS[name](remote.port) as server:
            for who in REFUSALS:
                _send(server, who)
            came = _wait_for(server, len(REFUSALS))
            folder = FOLDER / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for data in came:
                found = re.search(rb"vracene\+([\w-]+)@", data)
                assert found is not None, "it came to one of our addresses"
                (folder / f"{found[1].decode()}.eml").write_bytes(data)
            return len(came)


def _send(server: MailServer, who: str) -> None:
    text = (
        f"From: zpravodaj@{DOMAIN}\r\nTo: {who}@{THERE}\r\nSubject: Zpravodaj\r\nMessage-ID: <{who}@{DOMAIN}>\r\n\r\n"
        "Dobry den.\r\n"
    )
    with smtplib.SMTP("127.0.0.1", server.port) as connection:
        connection.sendmail(f"vracene+{who}@{DOMAIN}", [f"{who}@{THERE}"], text)


def _wait_for(server: MailServer, wanted: int) -> list[bytes]:
    for _ in range(300):
        files = list((server.maildir / "new").iterdir())
        if len(files) >= wanted:
            break
        time.sleep(0.1)
    return [file.read_bytes() for file in files]


if __name__ == "__main__":
    for each in sys.argv[1:]:
        print(f"{each}: {provoke(each)} of {len(REFUSALS)}")
