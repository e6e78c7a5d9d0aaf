"""What the kinds of occasions say and want: their own remarks, and facts from the occurrence they are written for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.unit.drafting.sample import NEWSLETTER, PRESS, context, sources_context
from worker.drafting.make import DEFAULT_TEMPLATES, Rendered, draft, redraft
from worker.drafting.samples import sample_fields
from worker.kinds import all_kinds
from worker.plan.model import Occurrence, Window
from worker.sources.base import JSON, Earlier, SourceContext
from worker.sources.occasion import Occasion
from worker.sources.original import Original
from worker.typed import moment_in

MEETING = Earlier(
    "verejne-setkani/2026-11", "Veřejné setkání", datetime(2026, 11, 18, 15, 0, tzinfo=UTC), True, {}, {}, None
)
NOTHING: JSON = {"sources": {}}


def whole(kind: str, **fields: str) -> Rendered:
    """The kind for the December press release's day with its sample words, and `fields` instead of what it has."""
    made = draft(kind, context(kind, PRESS))
    samples = sample_fields(DEFAULT_TEMPLATES.shipped, kind)
    return redraft(kind, {**made.fields, **samples, **fields}, made.material)


def codes(made: Rendered) -> list[str]:
    return [finding.code for finding in made.findings]


def remarks(kind: str, **fields: str) -> list[str]:
    return [finding.code for finding in all_kinds()[kind].advise(fields, NOTHING)]


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def following(known: Earlier | None, anchored_to: str | None = "verejne-setkani/2026-11") -> SourceContext:
    """What sources read for an occurrence that counts from the public meeting of 2026."""
    of = sources_context(PRESS)
    return replace(of, occurrence=replace(of.occurrence, anchored_to=anchored_to), earlier=lambda occurrence_id: known)


def invited(known: Earlier | None) -> Rendered:
    of = context("invitation", PRESS)
    return draft("invitation", replace(of, material={**of.material, "occasion": Occasion().gather(following(known))}))


@pytest.mark.usefixtures("documents")
def test_an_invitation_has_what_the_meetings_row_says_and_a_person_settled() -> None:
    made = invited(MEETING)
    assert made.fields["headline"] == "Veřejné setkání"
    assert (made.fields["date"], made.fields["time"]) == ("18. listopadu 2026", "16:00")
    assert "prezentace příkladů dobré praxe" in made.fields["intro"]
    assert {"missing-place", "missing-programme"} == {each for each in codes(made) if each.startswith("missing-")}


@pytest.mark.usefixtures("documents")
def test_a_day_that_is_only_assumed_is_no_day_to_invite_to() -> None:
    made = invited(replace(MEETING, settled=False))
    assert (made.fields["date"], made.fields["time"]) == ("", "")
    assert {"missing-date", "missing-time"} <= set(codes(made))
    assert invited(None).fields["date"] == ""


def test_a_call_for_comments_ends_with_the_days_that_the_plan_names() -> None:
    of = sources_context(PRESS)
    span = Window(date(2026, 12, 9), date(2026, 12, 22))
    root = replace(of.occurrence, id="pripominkovani/2026-12-09", window=span)
    web = replace(of.occurrence, id="vyzva-web/2026-12-09", anchored_to=root.id, window=Window(span.start, span.start))
    asked = replace(of.occurrence, anchored_to=web.id)
    found = Occasion().gather(replace(of, occurrence=asked, plan_occurrences=[root, web, asked]))
    made = draft("consultation-call", replace(context("consultation-call", PRESS), material={"occasion": found}))
    assert made.fields["until"] == "22. prosince 2026"
    whole_month = replace(root, window=Window(date(2026, 2, 1), date(2026, 2, 28)))
    found = Occasion().gather(replace(of, occurrence=asked, plan_occurrences=[whole_month, web, asked]))
    assert found["last_day"] is None


def test_an_hour_that_the_row_does_not_name_is_left_to_a_person() -> None:
    planned = next(each for each in following(None).plan_occurrences if each.id == MEETING.occurrence_id)
    found = Occasion().gather(following(replace(MEETING, send_at=planned.send_at)))
    assert (found["day"], found["time"]) == ("2026-11-10", None)


def test_what_a_person_adds_to_a_row_is_written_for_the_rows_next() -> None:
    of = following(MEETING, anchored_to=None)
    own = Occurrence(
        "verejne-setkani/2026-10-20", "verejne-setkani", "2026-10-20", of.occurrence.window,
        datetime(2026, 10, 20, 8, 0, tzinfo=UTC), False, ("invitation",), ("vsichni",),
    )  # fmt: skip
    assert Occasion().gather(replace(of, occurrence=own))["id"] == "verejne-setkani/2026-11"
    after = replace(own, send_at=datetime(2026, 12, 20, 8, 0, tzinfo=UTC))
    assert Occasion().gather(replace(of, occurrence=after))["id"] is None
    assert Occasion().gather(sources_context(PRESS))["id"] is None


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("invitation", "date"),
        ("press-conference-invitation", "date"),
        ("poster", "date"),
        ("consultation-call", "until"),
        ("consultation-reminder", "until"),
        ("survey-call", "until"),
        ("survey-reminder", "until"),
    ],
)
def test_a_day_that_is_over_or_off_is_told(kind: str, field: str) -> None:
    assert not [each for each in codes(whole(kind)) if each.endswith(f"-{field}")]
    assert f"too-late-{field}" in codes(whole(kind, **{field: "8. 12. 2026"}))
    assert f"day-off-{field}" in codes(whole(kind, **{field: "12. prosince 2026"}))
    assert f"day-off-{field}" in codes(whole(kind, **{field: "2026-12-25"}))


def calendars(made: Rendered) -> list[str]:
    return [file.content.decode() for file in made.files if file.form == "ics"]


@pytest.mark.parametrize("kind", ["invitation", "press-conference-invitation"])
@pytest.mark.usefixtures("documents")
def test_an_entry_for_calendars_goes_with_every_mail_once_day_and_hour_are_known(kind: str) -> None:
    [entry] = calendars(whole(kind, date="10. 12. 2026", time="9.30"))
    assert "DTSTART;TZID=Europe/Prague:20261210T093000" in entry
    assert [file.use for file in whole(kind).files if file.form == "ics"] == ["attached"]
    assert calendars(whole(kind, date="")) == []
    assert calendars(whole(kind, time="dopoledne")) == []


def test_an_invitation_should_say_how_everybody_gets_in() -> None:
    assert "no-access" in codes(whole("invitation", access=""))
    assert "no-access" not in codes(whole("invitation"))


def test_what_is_noted_for_the_decision_in_a_crisis_is_told_and_never_sent() -> None:
    first = draft("crisis-statement", context("crisis-statement", NEWSLETTER))  # a row that names the Agency
    made = redraft("crisis-statement", {**first.fields, "risk": "Sdělení nesmí nikoho označit."}, first.material)
    told = {finding.code: finding.message for finding in made.findings}
    assert told["for-decision-risk"].endswith("Sdělení nesmí nikoho označit.")
    assert "Není zapsáno, komu" in told["for-decision-audience"]
    assert "asz@agentura.example.org" in told["for-decision-agency"]
    for sent in (made.subject, made.text, made.html):
        assert "nesmí nikoho označit" not in plain(sent)
        assert "asz@agentura" not in sent


def test_a_first_statement_is_whole_as_it_is_drafted() -> None:
    made = draft("crisis-statement", context("crisis-statement", PRESS))
    assert {finding.level for finding in made.findings} == {"warning"}


REMINDERS: Mapping[str, Mapping[str, str]] = {
    "consultation-reminder": {
        "headline": "Výzva k připomínkování: Zpráva",
        "link": "https://www.example.org/zprava",
        "until": "26. 1. 2027",
        "how": "Pište na podatelnu.",
    },
    "survey-reminder": {
        "headline": "Co vám chybí",
        "link": "https://www.example.org/dotaznik",
        "until": "26. 1. 2027",
        "privacy": "Bez jmen.",
    },
}


@pytest.mark.parametrize("kind", sorted(REMINDERS))
def test_a_reminder_says_what_its_call_said(kind: str) -> None:
    said = REMINDERS[kind]
    call = replace(MEETING, fields={kind.replace("reminder", "call"): said})
    material = {"occasion": Occasion().gather(following(call))}
    made = draft(kind, replace(context(kind, PRESS), material=material))
    assert [finding.code for finding in made.findings if finding.level == "error"] == []
    for text in said.values():
        assert plain(text) in plain(" ".join(made.fields.values()))
    assert "26. ledna 2027" in plain(made.text)


def test_a_reminder_without_its_call_waits_for_a_person() -> None:
    made = draft("survey-reminder", context("survey-reminder", NEWSLETTER))
    assert {"missing-link", "missing-until", "missing-privacy"} <= set(codes(made))


def test_a_result_says_how_many_answered() -> None:
    assert remarks("survey-result", answered="hodně lidí") == ["no-number"]
    assert remarks("survey-result", answered="120 lidí") == []


@pytest.mark.usefixtures("documents")
def test_a_poster_is_two_sheets_and_its_words_are_few() -> None:
    made = whole("poster")
    assert [file.form for file in made.files] == ["poster-a4", "poster-a3"]
    assert all(file.content.startswith(b"%PDF") for file in made.files)
    assert remarks("poster", headline="a" * 71, lead="b" * 200) == ["too-long-headline"]
    assert remarks("poster", headline="a" * 70, lead="b" * 201) == ["too-long-lead"]


def corrected(known: Earlier | None) -> dict[str, Any]:
    of = sources_context(PRESS)
    asked_for = replace(of.occurrence, corrects=known.occurrence_id if known else None)
    return Original().gather(replace(of, occurrence=asked_for, earlier=lambda occurrence_id: known))


def test_a_correction_names_what_it_corrects() -> None:
    sent = replace(
        MEETING, subjects={"press-release": "Tisková zpráva: Sejdeme se"}, sent_at=datetime(2026, 11, 3, 9, tzinfo=UTC)
    )
    made = draft("correction", replace(context("correction", PRESS), material={"original": corrected(sent)}))
    assert made.fields["headline"] == "Oprava: Tisková zpráva: Sejdeme se"
    said = "ve sdělení „Tisková zpráva: Sejdeme se“, které jsme vám poslali 3. listopadu 2026, byla chyba."
    assert said in plain(made.text)
    assert "no-original" not in codes(made)
    alone = draft("correction", replace(context("correction", PRESS), material={"original": corrected(None)}))
    assert "no-original" in codes(alone)


@pytest.mark.parametrize(
    ("end", "typed"),
    [
        (None, ""),
        (datetime(2026, 12, 8, 11, 5, tzinfo=UTC), "8. 12. 2026 12:05"),
        (datetime(2026, 11, 27, 8, 0, tzinfo=UTC), ""),  # over when the correction is drafted
        (datetime.max.replace(tzinfo=UTC), ""),  # unreadable: the archive holds it back all the same
    ],
)
def test_a_correction_is_under_the_embargo_of_what_it_corrects(end: datetime | None, typed: str) -> None:
    material = corrected(replace(MEETING, embargo=end))
    assert material["embargo"] == typed
    assert (moment_in(typed) == end) == (bool(typed) or end is None)


def test_the_post_beside_an_invitation_says_when() -> None:
    of = context("facebook-text", PRESS)
    beside = replace(of.occurrence, kinds=("invitation", "facebook-text"))
    material = {**of.material, "occasion": Occasion().gather(following(MEETING))}
    made = draft("facebook-text", replace(of, occurrence=beside, material=material))
    assert plain(made.text).startswith(
        "Zveme vás: Veřejné setkání – Prezentace příkladů dobré praxe. Kdy: 18. listopadu 2026 od 16:00 Místo"
    )
    assert "opatření" not in made.text
    unsettled = {**material, "occasion": Occasion().gather(following(replace(MEETING, settled=False)))}
    assert "Kdy" not in draft("facebook-text", replace(of, occurrence=beside, material=unsettled)).text


def test_a_post_with_a_picture_describes_it() -> None:
    assert "no-description" in codes(whole("facebook-text", image="setkani.jpg"))
    made = whole("facebook-text", image="setkani.jpg", description="Lidé u stolu.", link="https://www.example.org/a")
    assert "no-description" not in codes(made)
    assert "Odkaz k příspěvku: https://www.example.org/a" in plain(made.text)
    assert plain(made.text).endswith("Obrázek: setkani.jpg Popis obrázku pro ty, kdo ho nevidí: Lidé u stolu.")
    assert "Odkaz" not in whole("facebook-text").text


def test_a_serial_has_numbered_parts_days_apart() -> None:
    made = whole("facebook-serial", apart="4")
    assert "(dílů 3)" in plain(made.subject)
    for line in (
        "DÍL 1 Z 3 – úterý 8. prosince 2026",
        "DÍL 2 Z 3 – pondělí 14. prosince 2026",  # 12 December is a Saturday
        "DÍL 3 Z 3 – středa 16. prosince 2026",
        "Ukázkový seriál (3/3)",
    ):
        assert line in plain(made.text)


def test_what_a_serial_must_not_be() -> None:
    assert remarks("facebook-serial", parts="jediný", apart="3") == ["one-part"]
    assert remarks("facebook-serial", parts="a\n---\n" + "b" * 478, apart="3") == ["long-part-2"]
    assert remarks("facebook-serial", parts="a\n---\nb", apart="často") == ["bad-apart"]
    assert remarks("facebook-serial", parts="a\n---\nb", apart="0") == ["bad-apart"]
    assert remarks("facebook-serial", parts="a\n---\nb", apart="30") == []
