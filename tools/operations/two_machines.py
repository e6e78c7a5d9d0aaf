"""„Two machines with PostgreSQL“, typed word for word on two bare machines, one of which then stops working."""

from __future__ import annotations

import time
from pathlib import Path

from tools.operations import first_approval
from tools.operations.blocks import blocks, with_own_values
from tools.operations.machine import Failed, Machine, machine, network
from tools.operations.relay import Mailbox, approve, mailbox

SECTION = "Two machines with PostgreSQL"
_SSH = "apt-get update -q && apt-get install -y -q --no-install-recommends openssh-server openssh-client"
_TRUSTS = "install -d -m 700 ~/.ssh && echo '{key}' > ~/.ssh/authorized_keys && systemctl start ssh"
_HAS_A_KEY = """
ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519 <<< y >&2
echo 'StrictHostKeyChecking accept-new' > ~/.ssh/config
cat ~/.ssh/id_ed25519.pub
"""
"""What the page takes as given: the first machine reaches the second by ssh."""


def try_it(archive: Path, bundle: Path, folder: Path) -> str:
    """The account of the trial; Failed when a step does not work."""
    alone, *begin = blocks(first_approval.SECTION)
    alone = with_own_values(alone, first_approval.own_values())
    addresses, *steps = blocks(SECTION)
    told = []
    with (
        network(),
        mailbox() as mails,
        machine("prvni", 11, archive, folder) as one,
        machine("druhy", 12, archive, folder) as two,
    ):
        for each in (one, two):
            (each.folder / "srv/hlasatel.bundle").write_bytes(bundle.read_bytes())
            each.run(_SSH)
        key = one.run(f"install -d -m 700 ~/.ssh\n{_HAS_A_KEY}").splitlines()[-1]
        two.run(_TRUSTS.format(key=key))
        values = alone + with_own_values(addresses, {"ONE": one.address, "TWO": two.address})
        begun = time.monotonic()
        for number, step in enumerate(begin[:4], 1):
            one.run(values + step)
            if number <= 2:
                two.run(values + step)
        told.append(f"steps of the first section: {time.monotonic() - begun:.0f} s for both machines in turn")
        for number, (where, step) in enumerate(zip((one, one, two, one), steps, strict=True), 1):
            started = time.monotonic()
            where.run(values + step)
            told.append(f"{number}. on {where.name}: {time.monotonic() - started:.0f} s")
        told.append(f"all of it: {(time.monotonic() - begun) / 60:.1f} minutes")
        certificate = two.folder / "etc/ssl/hlasatel/cert.pem"
        approve(mails.wait_for("Tisková zpráva, "), two.address, certificate, folder)
        _says(one, "hlasatel status", "schváleno")
        told.append("asked by one machine, approved by the pages of the other, known to both")
        told.append(_the_other_takes_over(one, two, mails))
    return "\n".join(told)


def _the_other_takes_over(one: Machine, two: Machine, mails: Mailbox) -> str:
    """The first machine's services end; what is asked for on the second is asked by the second."""
    one.run("systemctl stop hlasatel-clock hlasatel-deliver@1 hlasatel-web")
    before, started = len(mails.mails), time.monotonic()
    two.run('hlasatel occurrence new news-item --reason "zkouška druhého stroje"')
    end = started + 60
    while len(mails.mails) == before:
        if time.monotonic() > end:
            raise Failed(
                "the second machine's clock did not take over:\n" + two.run("journalctl -u hlasatel-clock -n 30")
            )
        time.sleep(0.2)
    two.run("hlasatel record verify")
    return (
        f"the first one's services ended; the second asked for the next text {time.monotonic() - started:.0f} s later"
    )


def _says(where: Machine, command: str, words: str) -> None:
    if words not in (said := where.run(command)):
        raise Failed(f"{where.name}: {command} does not say {words!r}:\n{said[:2000]}")
