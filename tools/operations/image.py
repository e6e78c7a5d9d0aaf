"""The image of `Dockerfile`, built and tried without an engine: by buildah, whose steps run in a chroot.

What stands in: for debian:bookworm-slim a bare system of the same Debian made here. Everything in the Dockerfile is
carried out as it stands; what an engine adds round a running container (its network, limits and the healthcheck's
clock) is not.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tools.operations.blocks import PROJECT
from tools.operations.machine import Failed, reach_packages

BASE = "docker.io/library/debian:bookworm-slim"
_BUILDS_NOTHING = "for program in gcc cc make pip git; do ! command -v $program || exit 1; done"
_WRITTEN = """
find / -xdev -newer /tmp/.begun -type f -not -path '/proc/*' -not -path '/sys/*' -not -path '/tmp/*' 2>/dev/null || true
"""
_DATA = ("/var/lib/hlasatel/", "/etc/", "/run/")
"""The volume, and where buildah itself puts something into a running container (`/etc/hosts`, `/etc/resolv.conf`)."""
_IN_SERVICE = """
hlasatel run --bind 0.0.0.0:8080 & running=$!
for second in $(seq 60); do {check} 2>/dev/null && break; sleep 1; done
{check}
kill -TERM $running
wait $running || [ $? = 143 ]
"""


def try_it(archive: Path, bundle: Path, folder: Path) -> str:
    """Builds and tries the image of the commit in `bundle`; the account, a line for each try."""
    if shutil.which("buildah") is None:
        raise Failed("buildah is missing: apt-get install --no-install-recommends buildah")
    told = []
    source, root = folder / "source", folder / "base"
    root.mkdir(parents=True)
    _run("git", "clone", "-q", str(bundle), str(source))
    _run("tar", "-xf", str(archive), "-C", str(root), "--exclude=./dev/*")
    reach_packages(root)
    buildah = _Buildah(folder)
    base = buildah("from", "scratch")
    buildah("add", "-q", base, str(root), "/")
    buildah("commit", "-q", base, BASE)
    buildah("build", "-q", "--pull=never", "--format=docker", "-t", "hlasatel", str(source))
    container = buildah("from", "--pull-never", "localhost/hlasatel")
    config = json.loads(buildah("inspect", container))["Docker"]["config"]

    def inside(script: str) -> str:
        return buildah("run", container, "--", "sh", "-euc", script)

    told.append(f"built; entry point {config['Entrypoint']}, command {config['Cmd']}, {inside('id')}")
    told.append("no compiler, make, pip or git in it" + inside(_BUILDS_NOTHING))
    inside("touch /tmp/.begun")
    told.append(inside("hlasatel --version"))
    told.append(inside("hlasatel check").splitlines()[0])
    told.append(inside("hlasatel demo --auto").splitlines()[-1])
    healthy = "python3 -c " + _quoted(config["Healthcheck"]["Test"][-1])
    inside(_IN_SERVICE.format(check=healthy))
    told.append("run: ready by its own healthcheck, ended by SIGTERM")
    written = [path for path in inside(_WRITTEN).split() if not path.startswith(_DATA)]
    if written:
        raise Failed(f"it writes beside its data: {written[:10]}")
    told.append("written: the data alone, so its root file system may be read-only")
    return "\n".join(told)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


class _Buildah:
    """buildah with a store of its own, gone with the folder."""

    def __init__(self, folder: Path) -> None:
        self._start = [
            "buildah",
            "--root",
            str(folder / "store"),
            "--runroot",
            str(folder / "run"),
            "--storage-driver=vfs",
        ]

    def __call__(self, command: str, *arguments: str) -> str:
        isolated = ["--isolation=chroot"] if command in ("run", "build") else []
        whole = [*self._start, command, *isolated, *arguments]
        done = subprocess.run(whole, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=900)
        if done.returncode != 0:
            raise Failed(
                f"buildah {command} {' '.join(arguments)[:300]}:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
            )
        return done.stdout.strip()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, cwd=PROJECT)
