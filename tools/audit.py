"""Asks pip-audit whether a locked dependency has a known vulnerability, and never passes for audited what was not.

pip-audit alone is not enough: it exits 0 when it skipped every package, and 1 both for a finding and for a network
without its data. Exit 0: audited and clean, or NOT AUDITED said loudly because the data cannot be reached from here.
Exit 1: a finding, a package that alone was skipped, or a defect of the audit itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

LOCKS = ("requirements/build.txt", "requirements/dev.txt")  # dev.txt holds every version of run.txt

# A network that refuses, filters or rewrites the connection: the data was not reached.
_NO_CONNECTION = (
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "NameResolutionError",
    "MaxRetryError",
    "SSLError",
    "ProxyError",
)


@dataclass(frozen=True)
class Verdict:
    """What to print and the exit code of `make lint`'s last step."""

    message: str
    passes: bool


def judge(stdout: str, stderr: str) -> Verdict:
    """The verdict on one run of `pip-audit --format json`; takes what it printed, since its exit code is ambiguous."""
    try:
        dependencies = json.loads(stdout)["dependencies"]
    except (ValueError, KeyError):
        if any(word in stderr for word in _NO_CONNECTION):
            return _not_audited("the vulnerability data cannot be reached")
        return Verdict(f"pip-audit failed:\n{stderr.strip()}", passes=False)

    found = [
        f"{one['name']} {one['version']}: {vuln['id']}, fixed in {', '.join(vuln['fix_versions']) or 'no version yet'}"
        for one in dependencies
        for vuln in one.get("vulns", ())
    ]
    if found:
        return Verdict("\n".join(["Known vulnerabilities:", *found, "Raise the version: make lock UPGRADE=1"]), False)
    skipped = [one["skip_reason"] for one in dependencies if "skip_reason" in one]
    if not dependencies or len(skipped) == len(dependencies):
        return _not_audited(f"the data source knows none of the {len(dependencies)} packages")
    if skipped:
        return Verdict("\n".join([f"{len(skipped)} packages were not audited:", *skipped]), passes=False)
    return Verdict(f"{len(dependencies)} packages audited, no known vulnerability.", passes=True)


def _not_audited(why: str) -> Verdict:
    stars = "*" * 78
    return Verdict(
        f"{stars}\nNOT AUDITED: {why} from this machine.\n"
        "Nothing is known about vulnerabilities of the locked packages; run 'make lint' where there is internet.\n"
        f"{stars}",
        passes=True,
    )


def main() -> int:
    """Run pip-audit over the locks, print the verdict; 0 or 1 as the module says."""
    locks = [argument for lock in LOCKS for argument in ("-r", lock)]
    options = ["--format", "json", "--progress-spinner", "off", "--timeout", "15", "--disable-pip", "--require-hashes"]
    run = subprocess.run(
        [sys.executable, "-m", "pip_audit", *options, *locks], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    verdict = judge(run.stdout, run.stderr)
    print(verdict.message)
    return 0 if verdict.passes else 1


if __name__ == "__main__":
    sys.exit(main())
