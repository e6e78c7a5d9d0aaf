"""The report for a program."""

from __future__ import annotations

import json

from worker.office import Office
from worker.reporting.model import Report


def render(report: Report, office: Office) -> bytes:
    """`Report.as_json`, in UTF-8."""
    return (json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n").encode()
