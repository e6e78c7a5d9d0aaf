"""veraPDF (verapdf.org), which Maven brings: whether a PDF keeps PDF/UA-1 in every clause it can judge."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from worker.errors import HlasatelError

ARTIFACT, VERSION = "org.verapdf.apps:cli", "1.30.2"
MAIN = "org.verapdf.apps.GreenfieldCliWrapper"


def checker(folder: Path) -> Path:
    """The jar, fetched into `folder` by Maven unless there. HlasatelError with the remedy where it cannot be had."""
    jar = folder / f"cli-{VERSION}.jar"
    if missing := [each for each in ("java", "mvn") if shutil.which(each) is None]:
        raise HlasatelError(f"{' and '.join(missing)} missing: apt-get install default-jre-headless maven")
    if not jar.is_file():
        wanted = [f"-Dartifact={ARTIFACT}:{VERSION}:jar", f"-DoutputDirectory={folder}"]
        command = ["mvn", "--quiet", "--batch-mode", "dependency:copy", *wanted]
        fetched = subprocess.run(command, capture_output=True, text=True, check=False)
        if fetched.returncode or not jar.is_file():
            raise HlasatelError(f"Maven could not bring {ARTIFACT} {VERSION}: {fetched.stdout.strip()[-300:]}")
    return jar


def failing(jar: Path, files: Sequence[Path]) -> dict[Path, str]:
    """The files that do not conform, with what veraPDF says; HlasatelError when it did not judge every one."""
    command = ["java", "-cp", str(jar), MAIN, "--flavour", "ua1", "--format", "text", "-v", *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    blocks: list[str] = []
    for line in ran.stdout.splitlines():
        if line.startswith(("PASS ", "FAIL ")):
            blocks.append(line)
        elif blocks:
            blocks[-1] += f" {line.strip()}"
    judged = {file: block for file in files for block in blocks if block[5:].startswith(f"{file} ")}
    if len(judged) != len(files):
        raise HlasatelError(f"veraPDF did not judge every PDF: {(ran.stderr or ran.stdout).strip()[-300:]}")
    return {file: block for file, block in judged.items() if block.startswith("FAIL ")}
