"""„From an empty Debian to the first approval“, typed word for word on a bare machine, and timed."""

from __future__ import annotations

import re
import time
from pathlib import Path

from tools.operations.blocks import blocks, with_own_values
from tools.operations.machine import HOST, Failed, Machine, machine, network
from tools.operations.relay import approve, mailbox

SECTION = "From an empty Debian to the first approval"
NAME = "hlasatel.urad-zkouska.cz"
LONGEST_MINUTES = 15


def try_it(archive: Path, bundle: Path, folder: Path) -> str:
    """The account of the trial, a line for each step with its seconds; Failed when a step does not work."""
    values, *steps = blocks(SECTION)
    told = []
    with network(), mailbox() as mails, machine("urad", 11, archive, folder) as urad:
        (urad.folder / "srv/hlasatel.bundle").write_bytes(bundle.read_bytes())
        begun = time.monotonic()
        for number, step in enumerate(steps, 1):
            started = time.monotonic()
            urad.run(with_own_values(values, own_values()) + step)
            told.append(f"{number}. {step.splitlines()[0][:70]}: {time.monotonic() - started:.0f} s")
        started = time.monotonic()
        asking = mails.wait_for("Tisková zpráva, ")
        answer = approve(asking, urad.address, urad.folder / "etc/ssl/hlasatel/cert.pem", folder)
        told.append(f"mail, link, approval: {time.monotonic() - started:.0f} s, {len(mails.mails)} mails came")
        approved = re.findall(r"tiskova-zprava/\S+ +schváleno", urad.run("hlasatel status"))
        if len(approved) != 1:
            raise Failed(f"the press release is not approved:\n{answer[:1500]}")
        minutes = (time.monotonic() - begun) / 60
        told.append(f"from the first command to the approval: {minutes:.1f} minutes of waiting for commands")
        if minutes > LONGEST_MINUTES:
            raise Failed(f"it took {minutes:.0f} minutes")
        told.append(urad.run("systemd-analyze security hlasatel.service --no-pager | tail -1").strip())
        told.append("restart: " + _outlives_a_restart(urad))
    return "\n".join(told)


def own_values() -> dict[str, str]:
    """What the person writes into the first lines."""
    return {"NAME": NAME, "RELAY": f"smtp://{HOST}:25", "ME": "jana@urad-zkouska.cz", "SOURCE": "/srv/hlasatel.bundle"}


def _outlives_a_restart(urad: Machine) -> str:
    urad.run("systemctl restart hlasatel; sleep 5; systemctl is-active hlasatel; hlasatel record verify")
    return "active, record sound"
