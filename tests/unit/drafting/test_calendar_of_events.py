"""The newsletter's "kalendář akcí": partners' dates as they stand, whatever marks they hold, and none for none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from tests.unit.drafting.sample import NEWSLETTER, context, sources_context
from worker.drafting.make import Rendered, draft
from worker.sources import gather
from worker.sources.base import CalendarDate

TALK = CalendarDate(
    day=date(2026, 12, 9), at=time(18), title="Beseda o bydlení", place="Liberec", organiser="Spolek (ukázka)",
    address="https://spolek.example.org/beseda",
)  # fmt: skip
EVIL = CalendarDate(
    day=date(2026, 12, 10), last_day=date(2026, 12, 12), title="# [Klikněte](javascript:x) {{ organisation }} <b>*x*",
    place="_Liberec_", organiser="A & B",
)  # fmt: skip


def newsletter(*dates: CalendarDate) -> Rendered:
    asked: list[tuple[date, date]] = []

    def between(since: date, until: date) -> Sequence[CalendarDate]:
        asked.append((since, until))
        return dates

    frame = context("newsletter", NEWSLETTER)
    material = gather(["calendar"], replace(sources_context(NEWSLETTER), dates=between))
    assert asked == [(date(2026, 12, 8), date(2027, 4, 7))]
    return draft("newsletter", replace(frame, material={**frame.material, **material}))


def test_it_lists_what_is_ahead() -> None:
    made = newsletter(TALK)
    text = " ".join(made.text.replace("\u00a0", " ").split())
    assert "KALENDÁŘ AKCÍ - 9. prosince 2026 od 18:00 – Beseda o bydlení, Liberec. Pořádá: Spolek (ukázka)." in text
    assert 'href="https://spolek.example.org/beseda"' in made.html and "Kalendář akcí" in made.html
    assert not [each for each in made.findings if each.code == "left-out-calendar"]


def test_what_partners_wrote_is_printed_as_it_stands() -> None:
    made = newsletter(EVIL)
    text = " ".join(made.text.replace("\u00a0", " ").split())
    assert "- 10. prosince 2026 až 12. prosince 2026 – # [Klikněte](javascript:x) {{ organisation }} <b>*x*" in text
    assert 'href="javascript' not in made.html and "<b>" not in made.html and "<em>" not in made.html


def test_without_any_the_section_is_left_out_and_the_reason_said() -> None:
    made = newsletter()
    assert "Kalendář akcí" not in made.html and "KALENDÁŘ" not in made.text
    assert [each.message for each in made.findings if each.code == "left-out-calendar"] == [
        "Část „Kalendář akcí“ je vynechána: v kalendáři není na nejbližší čtyři měsíce žádná zařazená akce."
        " Chcete-li ji zařadit, dopište ji."
    ]
