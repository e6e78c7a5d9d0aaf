"""The first statement in a crisis (000:595, 602; 002 "Plán procesu při řešení mimořádné situace")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import EMBARGO_FIELD, TRANSLATION_FIELD, Field, Finding, Material
from worker.messages import say

_NOT_SENT = ("audience", "risk", "agency")
"""Parts for whoever decides. No template of the mail names them."""


class CrisisStatement(Kind):
    """Mailed to newsrooms within hours. Beside the text it holds what the decision needs and nobody is sent.

    The minutes ask for an analysis of the audience and of the risks of speaking (002); the plan for the support of the
    Agency for Social Inclusion (000:602).
    """

    id = "crisis-statement"
    label_key = "occasions.kind_crisis_statement"
    channel = "email"
    public = True
    sources = ("partners", "translation")
    templates = "email/crisis-statement"
    max_lateness = timedelta(hours=2)
    fields = (
        EMBARGO_FIELD,
        Field("headline", "drafting.field_headline", multiline=False),
        Field("perex", "drafting.field_perex"),
        Field("domicile", "drafting.field_domicile", multiline=False),
        Field("body", "occasions.field_statement", markdown=True),
        Field("advice", "occasions.field_advice", markdown=True, required=False),
        Field("about", "drafting.field_about"),
        Field("contact", "drafting.field_contact"),
        Field("further", "drafting.field_further", markdown=True, required=False),
        TRANSLATION_FIELD,
        Field("audience", "occasions.field_audience", required=False),
        Field("risk", "occasions.field_risk", required=False),
        Field("agency", "occasions.field_agency", required=False),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """What the author noted for the decision, in full, because the text does not show it; and what she did not."""
        if not any(fields.values()):
            return
        for field in self.fields:
            if field.id in _NOT_SENT:
                noted = " ".join(fields.get(field.id, "").split())
                key = f"occasions.{'noted' if noted else 'not_noted'}_{field.id}"
                yield Finding("warning", f"for-decision-{field.id}", say(key, noted=noted) if noted else say(key))
