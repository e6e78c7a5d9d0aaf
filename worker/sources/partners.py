"""Whom an activity names as contributors, for a text that says or needs to know how to reach them."""

from __future__ import annotations

from worker.settings import load_people
from worker.sources.base import JSON, Source, SourceContext


class Partners(Source):
    """The people whom the activity names as contributors, in its order, with how to reach them."""

    id = "partners"

    def gather(self, context: SourceContext) -> JSON:
        """InvalidFiles when `people.yaml` cannot be read."""
        people = load_people(context.config_dir)
        named = [people[each] for each in context.activity.contributors if each in people]
        return {
            "items": [{"id": each.id, "name": each.name, "email": each.email, "phone": each.phone} for each in named]
        }
