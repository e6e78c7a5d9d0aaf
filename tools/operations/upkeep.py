"""„Backup and restore“ and „A new version“, typed word for word: a machine is backed up, renewed, lost and replaced."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

from tools.operations import first_approval
from tools.operations.blocks import blocks, with_own_values
from tools.operations.machine import Failed, Machine, machine, network
from tools.operations.relay import approve, mailbox

BACKUP, VERSION = "Backup and restore", "A new version"
_BUNDLE = "srv/hlasatel.bundle"
_DATA = "var/lib/hlasatel"
_ERASED = "odesla@urad-zkouska.cz"
_HERS = f"media-regionalni {_ERASED}"
_LOG = "Jan  1 00:00:00 mail postfix/qmgr[1]: ABCDEF: removed\n"
"""Of the mail server, from before the backup: it took nothing of what is unknown."""


def try_it(archive: Path, bundle: Path, folder: Path) -> str:
    """The account of the trial; Failed when a step does not work."""
    values, *begin = blocks(first_approval.SECTION)
    values = with_own_values(values, first_approval.own_values())
    nightly, to_their_places, restored, looked_at, let_go, settled = blocks(BACKUP)
    (renewed,) = map(_without_dns, blocks(VERSION))
    folder.mkdir(parents=True)
    older, newer = _two_versions(bundle, folder)
    told = []
    with network(), mailbox() as mails, machine("urad", 11, archive, folder) as urad:
        shutil.copy(older, urad.folder / _BUNDLE)
        for step in begin:
            urad.run(values + step)
        asking = mails.wait_for("Tisková zpráva, ")
        approve(asking, urad.address, urad.folder / "etc/ssl/hlasatel/cert.pem", folder)
        before = _approved(urad)
        urad.run(f"hlasatel recipients add {_HERS}")
        started = time.monotonic()
        urad.run(nightly)
        told.append(f"backed up by the service: {time.monotonic() - started:.0f} s")
        shutil.copy(newer, urad.folder / _BUNDLE)
        started = time.monotonic()
        if "Nikdo teď nepracuje" in (said := urad.run(renewed)):
            raise Failed(f"after a new version nobody works:\n{said[-4000:]}")
        told.append(f"a new version: {time.monotonic() - started:.0f} s")
        urad.run(f"hlasatel recipients erase {_ERASED}")
        kept = _kept_elsewhere(urad, folder / "elsewhere")
        urad.kill()
        with machine("novy", 12, archive, folder) as novy:
            shutil.copy(newer, novy.folder / _BUNDLE)
            for step in (begin[0], begin[1]):
                novy.run(values + step)
            shutil.copytree(kept / "hlasatel", novy.folder / "etc/hlasatel", dirs_exist_ok=True)
            home = novy.folder / "root"
            (backup,) = (kept / "backups").glob("hlasatel-*")
            shutil.copytree(backup, home / backup.name)
            shutil.copy(kept / "erasures.log", home)
            (home / "mail.log").write_text(_LOG)
            started = time.monotonic()
            novy.run(re.sub(r"^FROM=.*", f"FROM=~/{backup.name}", to_their_places) + restored)
            told.append(f"restored: {time.monotonic() - started:.0f} s")
            novy.run(_without_dns(looked_at))
            novy.run(values + begin[3])
            novy.run(let_go + settled)
            if (after := _approved(novy)) != before:
                raise Failed(f"approved before: {before}; on the new machine: {after}")
            novy.run(f"hlasatel record verify; if hlasatel recipients add {_HERS}; then exit 1; fi")
            told.append("let go: the press release is approved there, who was erased stays so, the record is sound")
    return "\n".join(told)


def _two_versions(bundle: Path, folder: Path) -> tuple[Path, Path]:
    """What is committed here, and the same one commit later, each as a bundle to pull from."""
    tree, made = folder / "tree", (folder / "older.bundle", folder / "newer.bundle")
    _git(folder, "-c", "advice.detachedHead=false", "clone", "-q", str(bundle), str(tree))
    _git(tree, "checkout", "-q", "-B", "main")
    for each in made:
        _git(tree, "bundle", "create", "-q", str(each), "HEAD", "main")
        who = ("-c", "user.name=Hlasatel", "-c", "user.email=hlasatel@example.org")
        _git(tree, *who, "commit", "-q", "--allow-empty", "-m", "A new version")
    return made


def _without_dns(block: str) -> str:
    """The block on a machine whose domain is in no DNS, which `hlasatel doctor` finds amiss."""
    return re.sub(r"^hlasatel doctor\b[^#\n]*", "hlasatel doctor || true ", block, flags=re.MULTILINE)


def _git(where: Path, *command: str) -> None:
    subprocess.run(["git", *command], cwd=where, check=True, stdin=subprocess.DEVNULL)


def _kept_elsewhere(urad: Machine, kept: Path) -> Path:
    """What an administrator has of a lost machine: its last backup, the journal, the environment and the secrets."""
    shutil.copytree(urad.folder / "var/backups/hlasatel", kept / "backups")
    shutil.copy(urad.folder / _DATA / "erasures.log", kept)
    shutil.copytree(urad.folder / "etc/hlasatel/secrets", kept / "hlasatel/secrets")
    shutil.copy(urad.folder / "etc/hlasatel/environment", kept / "hlasatel")
    newest = max((kept / "backups").glob("hlasatel-*"), key=lambda each: each.name)
    for each in (kept / "backups").iterdir():
        if each != newest:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    return kept


def _approved(where: Machine) -> list[str]:
    return re.findall(r"(tiskova-zprava/\S+) +schváleno", where.run("hlasatel status"))
