"""The Nu HTML checker (validator.w3.org/nu), a jar that npm brings."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

from worker.errors import HlasatelError

PACKAGE, VERSION = "vnu-jar", "26.9.27"
JAR = "package/build/dist/vnu.jar"
IN_MAIL = (
    # Outlook's Word engine shows the hidden first line without it; every other program passes over it.
    r"CSS: “mso-hide”: Property “mso-hide” doesn't exist\.",
    # Presentational attributes that premailer writes beside the styles, for programs that read no style at all.
    r"The “(?:align|bgcolor|border|cellpadding|cellspacing|height|valign|width)” attribute on the “\w+” element is"
    r" obsolete\..*",
)
"""Messages that do not count in a mail."""
_FILTER = re.compile("|".join(IN_MAIL))


def checker(folder: Path) -> Path:
    """The jar, fetched into `folder` by npm unless there. HlasatelError with the remedy where it cannot be had."""
    jar = folder / JAR
    if missing := [each for each in ("java", "npm") if shutil.which(each) is None]:
        raise HlasatelError(f"{' and '.join(missing)} missing: apt-get install default-jre-headless npm")
    if not jar.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        fetched = subprocess.run(
            ["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, capture_output=True, text=True, check=False
        )
        if fetched.returncode:
            raise HlasatelError(f"npm could not bring {PACKAGE} {VERSION}: {fetched.stderr.strip()[-300:]}")
        with tarfile.open(folder / f"{PACKAGE}-{VERSION}.tgz") as archive:
            archive.extract(JAR, folder, filter="data")
    return jar


def errors(jar: Path, files: Sequence[Path], *, mail: bool) -> dict[Path, list[str]]:
    """Each file's errors and warnings, `mail` without those of the list above; HlasatelError when it did not run."""
    command = ["java", "-Xss2m", "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        messages = json.loads(ran.stderr)["messages"]
    except (ValueError, KeyError):
        raise HlasatelError(f"The Nu checker did not run: {ran.stderr.strip()[-300:]}") from None
    found: dict[Path, list[str]] = {file: [] for file in files}
    by_address = {file.absolute().as_uri().removeprefix("file:").lstrip("/"): file for file in files}
    for message in messages:
        said = str(message["message"])
        if mail and _FILTER.fullmatch(said):
            continue
        file = by_address[str(message["url"]).removeprefix("file:").lstrip("/")]
        found[file].append(f"line {message.get('lastLine', '?')}: {said}")
    return found
