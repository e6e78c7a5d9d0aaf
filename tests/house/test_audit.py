"""The audit's verdict on what pip-audit prints: a finding fails, what was not audited is said loudly."""

from __future__ import annotations

import json
from typing import Any

from tools.audit import judge

CLEAN = {"name": "jinja2", "version": "3.1.6", "vulns": []}
SKIPPED = {"name": "lxml", "skip_reason": "Dependency not found"}
FOUND = {"name": "urllib3", "version": "1.0", "vulns": [{"id": "PYSEC-2099-1", "fix_versions": ["1.1"]}]}


def _printed(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_finding_fails_with_the_version_that_mends_it() -> None:
    verdict = judge(_printed(CLEAN, SKIPPED, FOUND), "Found 1 known vulnerability in 1 package")
    assert not verdict.passes
    assert "urllib3 1.0: PYSEC-2099-1, fixed in 1.1" in verdict.message


def test_a_single_package_skipped_fails() -> None:
    verdict = judge(_printed(CLEAN, SKIPPED), "")
    assert not verdict.passes
    assert "Dependency not found" in verdict.message


def test_all_packages_skipped_is_said_loudly() -> None:
    verdict = judge(_printed(SKIPPED, SKIPPED), "No known vulnerabilities found")
    assert verdict.passes
    assert "NOT AUDITED" in verdict.message


def test_no_connection_is_said_loudly() -> None:
    verdict = judge("", "requests.exceptions.ConnectionError: Max retries exceeded")
    assert verdict.passes
    assert "NOT AUDITED" in verdict.message


def test_any_other_failure_of_the_audit_fails() -> None:
    verdict = judge("", "error: unrecognized arguments: --format")
    assert not verdict.passes
    assert "unrecognized arguments" in verdict.message


def test_a_clean_audit_says_how_much_it_looked_at() -> None:
    verdict = judge(_printed(CLEAN), "No known vulnerabilities found")
    assert verdict.passes
    assert "1 packages audited" in verdict.message
    assert "NOT AUDITED" not in verdict.message
