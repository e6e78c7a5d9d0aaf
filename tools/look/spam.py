"""What SpamAssassin says of a mail without asking any network."""

from __future__ import annotations

import re
import shutil
import subprocess

from worker.errors import HlasatelError

MOST = 2.0
"""Points; the usual limit for spam is five."""
ACCENTS = frozenset({"SUBJ_ILLEGAL_CHARS", "SUBJECT_NEEDS_ENCODING", "FROM_ILLEGAL_CHARS", "UNWANTED_LANGUAGE_BODY"})
"""Rules against letters that Czech needs; they do not count."""
_HEADER = "add_header all Look _TESTSSCORES(,)_"
_LOOK = re.compile(rb"^X-Spam-Look: (.*?)\n(?=\S)", re.MULTILINE | re.DOTALL)


def points(message: bytes) -> dict[str, float]:
    """Rule → points of a whole message, those against accents left out. HlasatelError where it is not installed."""
    if shutil.which("spamassassin") is None:
        raise HlasatelError("spamassassin missing: apt-get install --no-install-recommends spamassassin")
    command = ["spamassassin", "--local", f"--cf={_HEADER}"]
    ran = subprocess.run(command, input=message.replace(b"\r\n", b"\n"), capture_output=True, check=False)
    found = _LOOK.search(ran.stdout)
    if ran.returncode or found is None:
        raise HlasatelError(f"SpamAssassin did not run: {ran.stderr.decode(errors='replace').strip()[-300:]}")
    told = b"".join(found[1].split()).decode("ascii")
    pairs = (each.partition("=") for each in told.split(",") if "=" in each)
    return {rule: float(value) for rule, _, value in pairs if rule not in ACCENTS}
