"""The settlement of comments (002: "Všechny zaslané připomínky byly řádně vypořádány")."""

from __future__ import annotations

from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import EMBARGO_FIELD, Field


class ConsultationSettlement(Kind):
    """Tells those who were asked what became of each comment, and what comes next."""

    id = "consultation-settlement"
    label_key = "inquiries.kind_consultation_settlement"
    channel = "email"
    public = True
    sources = ("occasion",)
    templates = "email/consultation-settlement"
    max_lateness = timedelta(hours=24)
    fields = (
        EMBARGO_FIELD,
        Field("headline", "drafting.field_headline", multiline=False),
        Field("summary", "inquiries.field_received", markdown=True),
        Field("settlement", "inquiries.field_settlement", markdown=True),
        Field("following", "inquiries.field_following", markdown=True),
        Field("link", "inquiries.field_final_link", multiline=False, required=False, form="url"),
        Field("contact", "drafting.field_contact"),
    )
