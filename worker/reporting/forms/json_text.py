"""The report for a program."""

from __future__ import annotations

import json
from typing import ClassVar

from worker.office import Office
from worker.reporting.forms.base import Form
from worker.reporting.model import Report


class Json(Form):
    """`Report.as_json`, in UTF-8."""

    id: ClassVar[str] = "json"
    label_key: ClassVar[str] = "report_forms.form_json"
    suffix: ClassVar[str] = ".json"
    media_type: ClassVar[str] = "application/json"
    rank: ClassVar[int] = 5

    def render(self, report: Report, office: Office) -> bytes:
        return (json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n").encode()
