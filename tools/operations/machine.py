"""A bare Debian 12 that boots its own systemd, in a container made with Debian's own tools: a machine of one's own.

What stands in for hardware and its provider: a folder with `mmdebstrap`'s smallest system and systemd, started with
systemd-nspawn; a bridge with translated addresses for the network; and this machine's own way to the package servers
(its sources of apt, certificates, pip.conf and name servers), which no page can know.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDED = ("mmdebstrap", "systemd-nspawn", "nsenter", "ip", "nft")
BRIDGE, NETWORK = "hlasatel0", "10.77.77"
HOST = f"{NETWORK}.1"
_BARE = ("ca-certificates", "systemd", "systemd-sysv", "dbus", "procps", "iproute2")
_BOOT_SECONDS = 60


class Failed(Exception):
    """A command of the document did not do what it says; the text is its output."""


def missing() -> list[str]:
    """What this machine lacks to be the host of others; empty if nothing."""
    lacking = [name for name in NEEDED if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None]
    return lacking if os.geteuid() == 0 else ["root", *lacking]


def bare_system(archive: Path) -> None:
    """Makes the archive of a bare system unless it is there; it takes a minute and is the same for every machine."""
    if archive.exists():
        return
    archive.parent.mkdir(parents=True, exist_ok=True)
    draft = archive.with_suffix(".part.tar")
    sources = [str(path) for path in _sources()]
    _run("mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(_BARE)}", "bookworm", str(draft), *sources)
    draft.rename(archive)


@contextmanager
def network() -> Iterator[None]:
    """A bridge that machines are put on, with this machine as their way out; gone afterwards."""
    forwarding = Path("/proc/sys/net/ipv4/ip_forward")
    before = forwarding.read_text()
    _run("ip", "link", "add", BRIDGE, "type", "bridge")
    try:
        _run("ip", "address", "add", f"{HOST}/24", "dev", BRIDGE)
        _run("ip", "link", "set", BRIDGE, "up")
        forwarding.write_text("1\n")
        _run("nft", "add", "table", "ip", BRIDGE)
        _run("nft", "add", "chain", "ip", BRIDGE, "out", "{ type nat hook postrouting priority 100; }")
        masquerade = ("ip", "saddr", f"{NETWORK}.0/24", "ip", "daddr", "!=", f"{NETWORK}.0/24", "masquerade")
        _run("nft", "add", "rule", "ip", BRIDGE, "out", *masquerade)
        yield
    finally:
        forwarding.write_text(before)
        subprocess.run(["nft", "delete", "table", "ip", BRIDGE], check=False, capture_output=True)
        subprocess.run(["ip", "link", "delete", BRIDGE], check=False, capture_output=True)


class Machine:
    """One booted machine. Commands run in it as root with a bare environment; its output is kept for the account."""

    def __init__(self, name: str, number: int, folder: Path, leader: int) -> None:
        self.name, self.address, self.folder = name, f"{NETWORK}.{number}", folder
        self._leader = leader

    def run(self, script: str, seconds: float = 900) -> str:
        """The output of `script`, every command of which must succeed; Failed with the output otherwise."""
        home = Path("~root").expanduser()
        clean = ["env", "-i", f"HOME={home}", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        command = ["nsenter", "-t", str(self._leader), "-a", *clean, "LANG=C.UTF-8", "bash", "-euo", "pipefail"]
        done = subprocess.run(
            [*command, "-c", f"cd {home}\n{script}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/", text=True,
            timeout=seconds,
        )  # fmt: skip
        if done.returncode != 0:
            raise Failed(f"{self.name}: exit {done.returncode}\n{script}\n{done.stdout[-4000:]}")
        return done.stdout

    def kill(self) -> None:
        """As if its power failed."""
        os.kill(self._leader, signal.SIGKILL)


@contextmanager
def machine(name: str, number: int, archive: Path, folder: Path) -> Iterator[Machine]:
    """A machine with the address `NETWORK.number`, booted from `archive` in `folder`; ended and removed afterwards."""
    root = folder / name
    root.mkdir(parents=True)
    _run("tar", "-xf", str(archive), "-C", str(root), "--exclude=./dev/*")
    reach_packages(root)
    (root / "etc/hostname").write_text(f"{name}\n")
    (root / "etc/machine-id").write_text("")
    log = (folder / f"{name}.log").open("wb")
    options = ["--register=no", "--keep-unit", "--boot", "--resolv-conf=off", f"--network-bridge={BRIDGE}"]
    nspawn = subprocess.Popen(
        ["systemd-nspawn", "-q", "-D", str(root), "-M", f"hl-{number}", *options],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        leader = _leader_of(nspawn)
        net = ["nsenter", "-t", str(leader), "-n", "ip"]
        _run(*net, "address", "add", f"{NETWORK}.{number}/24", "dev", "host0")
        _run(*net, "link", "set", "host0", "up")
        _run(*net, "route", "add", "default", "via", HOST)
        _run("ip", "link", "set", f"vb-hl-{number}", "up")
        made = Machine(name, number, root, leader)
        _wait_for_boot(made)
        yield made
    finally:
        nspawn.terminate()
        try:
            nspawn.wait(30)
        except subprocess.TimeoutExpired:
            nspawn.kill()
            nspawn.wait(30)
        log.close()
        shutil.rmtree(root, ignore_errors=True)


def _leader_of(nspawn: subprocess.Popen[bytes]) -> int:
    """The process that is number 1 inside."""
    children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
    end = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < end and nspawn.poll() is None:
        for child in children.read_text().split():
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return int(child)
        time.sleep(0.1)
    raise Failed("systemd-nspawn did not start a machine")


def _wait_for_boot(made: Machine) -> None:
    end = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < end:
        try:
            if made.run("systemctl is-system-running || true").strip() in ("running", "degraded"):
                return
        except Failed:
            pass
        time.sleep(0.3)
    raise Failed(f"{made.name} did not boot")


def _sources() -> list[Path]:
    folder = Path("/etc/apt/sources.list.d")
    return [path for path in (*sorted(folder.glob("debian*.sources")), Path("/etc/apt/sources.list")) if path.is_file()]


def reach_packages(root: Path) -> None:
    """Lets the machine reach package servers as this one does, whatever stands between."""
    for path in ("/etc/resolv.conf", "/etc/pip.conf"):
        if Path(path).is_file():
            (root / path[1:]).unlink(missing_ok=True)
            shutil.copyfile(path, root / path[1:])
    own = Path("/usr/local/share/ca-certificates")
    for certificate in own.glob("*.crt"):
        shutil.copyfile(certificate, root / "usr/local/share/ca-certificates" / certificate.name)
    for rules in Path("/etc/apt/apt.conf.d").iterdir():
        if "Acquire::" in rules.read_text(errors="replace") and "docker" not in rules.name:
            shutil.copyfile(rules, root / "etc/apt/apt.conf.d" / rules.name)
    _run("env", "-u", "TMPDIR", "chroot", str(root), "update-ca-certificates")


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")
