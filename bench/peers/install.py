"""Installs the peers from their locks into `build/bench`, once; `npm` and `pip` ask the registries they are set to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).resolve().parent
BUILT = PEERS.parent.parent / "build" / "bench"
_POST_OFFICE_LOCK = PEERS / "requirements-post-office.txt"


def nodemailer() -> Path:
    """The folder with `send.js` and its library; LookupError when Node.js is missing."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise LookupError("Node.js with npm is missing, and nodemailer runs on it: apt-get install nodejs npm")
    folder, source = BUILT / "nodemailer", PEERS / "nodemailer"
    fresh = _is_fresh(folder / "node_modules", source / "package-lock.json")
    shutil.copytree(source, folder, dirs_exist_ok=True)
    if not fresh:
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        (folder / "node_modules").touch()
    return folder


def post_office() -> Path:
    """The interpreter of an environment with django-post_office alone."""
    folder = BUILT / "post-office"
    python = folder / "bin" / "python"
    stamp = folder / "ready"
    if not _is_fresh(stamp, _POST_OFFICE_LOCK):
        _run([sys.executable, "-m", "venv", "--clear", str(folder)], PEERS)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--no-input", "--quiet"]
        _run([*pip, "--require-hashes", "-r", str(_POST_OFFICE_LOCK)], PEERS)
        stamp.touch()
    return python


def _is_fresh(made: Path, lock: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= lock.stat().st_mtime


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} … failed:\n{done.stdout}{done.stderr}")
