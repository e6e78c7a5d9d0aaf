"""The forms a report is given out in, found by themselves: every `Form` in a module of this package."""

from __future__ import annotations

from collections.abc import Mapping

from worker.plugins import subclasses_in
from worker.reporting.forms.base import Form, file_name

__all__ = ["FORMS", "Form", "file_name"]

FORMS: Mapping[str, Form] = {
    form.id: form() for form in sorted(subclasses_in(__name__, __path__, Form), key=lambda each: each.rank)
}
"""By the word of `report --format`. The libraries that make them are brought in when one is made."""
