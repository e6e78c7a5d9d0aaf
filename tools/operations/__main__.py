"""`make operations-check`: tries what docs/operations.md tells, on bare machines, from what is committed here."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.operations import first_approval, image, proxies, two_machines, upkeep
from tools.operations.blocks import PROJECT
from tools.operations.machine import Failed, bare_system, missing

ARCHIVE = PROJECT / "build" / "bare-debian.tar"
TRIALS = {
    "first-approval": first_approval.try_it,
    "two-machines": two_machines.try_it,
    "upkeep": upkeep.try_it,
    "proxies": proxies.try_it,
    "image": image.try_it,
}


def main(names: list[str]) -> int:
    if lacking := missing():
        print(f"Bare machines cannot be made here; missing: {', '.join(lacking)}. As root on Debian:", file=sys.stderr)
        print("apt-get install mmdebstrap systemd-container iproute2 nftables", file=sys.stderr)
        return 1
    bare_system(ARCHIVE)
    with tempfile.TemporaryDirectory(prefix="hlasatel-machines-") as name:
        folder = Path(name)
        bundle = folder / "hlasatel.bundle"
        subprocess.run(["git", "bundle", "create", "-q", bundle, "HEAD"], cwd=PROJECT, check=True)
        for trial in names or TRIALS:
            print(f"== {trial}", flush=True)
            try:
                print(TRIALS[trial](ARCHIVE, bundle, folder / trial), flush=True)
            except (Failed, ValueError) as error:
                print(f"FAILED: {error}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
