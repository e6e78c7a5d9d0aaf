"""What was sent in, in the drafts: what the coordinator included, as it was written, and why anything is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.unit.drafting.sample import NEWSLETTER, PRESS, context, sources_context
from worker.drafting.fields import LONGEST
from worker.drafting.make import Rendered, draft, redraft
from worker.sources import JSON, gather
from worker.sources.base import Contribution
from worker.sources.contributions import MOST_CHARACTERS

COMMISSION = "Protidrogová komise Rady Libereckého kraje"
TAKEN = Contribution(
    COMMISSION, "Jana Vzorná", "Otevřeli jsme poradnu.\n\nPřišlo sto lidí.", True, "Poradna v přízemí", "Petr Vzorný"
)


def material(sent: Sequence[Contribution], occurrence: str = PRESS) -> JSON:
    of = replace(sources_context(occurrence), contributions=lambda asked: sent if asked == occurrence else ())
    return gather(("contributions",), of)["contributions"]


def drafted(kind: str, *sent: Contribution) -> Rendered:
    occurrence = NEWSLETTER if kind == "newsletter" else PRESS
    of = context(kind, occurrence)
    return draft(kind, replace(of, material={**of.material, "contributions": material(sent, occurrence)}))


def codes(made: Rendered) -> set[str]:
    return {finding.code for finding in made.findings if "contributions" in finding.code}


def test_only_what_is_included_is_taken_and_the_rest_is_told() -> None:
    others = [replace(TAKEN, included=None), replace(TAKEN, included=None), replace(TAKEN, included=False)]
    found = material([TAKEN, *others])
    assert [item["text"] for item in found["items"]] == [["Otevřeli jsme poradnu.", "Přišlo sto lidí."]]
    assert (found["waiting"], found["beyond"], found["reason"]) == (2, 0, None)
    assert material([])["reason"] == "contributions.none_came"
    assert material(others)["reason"] == "contributions.none_included"


def test_a_row_that_names_nobody_lacks_nothing() -> None:
    of = sources_context(PRESS)
    of = replace(of, activity=replace(of.activity, contributors=()))
    assert gather(("contributions",), of)["contributions"]["reason"] is None


def test_they_stand_in_text_and_html_with_who_sent_them() -> None:
    for kind in ("press-release", "newsletter"):
        made = drafted(kind, TAKEN)
        text, html = (" ".join(part.replace("\N{NO-BREAK SPACE}", " ").split()) for part in (made.text, made.html))
        assert f"PŘÍSPĚVKY {COMMISSION} (Jana Vzorná) Otevřeli jsme poradnu. Přišlo sto lidí." in text
        assert "Fotografie: Poradna v přízemí. Autor: Petr Vzorný." in text
        assert ">Příspěvky</h2>" in html and "Otevřeli jsme poradnu." in html
        assert codes(made) == set()


def test_without_any_the_part_is_left_out_with_its_reason() -> None:
    for kind in ("press-release", "newsletter"):
        made = drafted(kind)
        assert "PŘÍSPĚVKY" not in made.text and "Příspěvky" not in made.html
        assert codes(made) == {"left-out-contributions"}
        assert codes(drafted(kind, TAKEN, replace(TAKEN, included=None))) == {"contributions-waiting"}


def test_what_they_wrote_is_shown_as_they_wrote_it() -> None:
    wild = "{{ organisation.name }} {% raw %} <b>5*3*2</b> [sem](javascript:alert) # `x` _y_ &amp; @all"
    for kind in ("press-release", "newsletter"):
        made = drafted(kind, replace(TAKEN, text=f"# {wild}\n---\n    {wild}", signed="_Jana_ *V*"))
        assert " ".join(made.text.replace("\N{NO-BREAK SPACE}", " ").split()).count(wild) == 2
        assert "javascript:" in made.html and 'href="javascript' not in made.html
        assert "&lt;b&gt;5*3*2&lt;/b&gt;" in made.html
        assert "<hr" not in made.html.partition(">Příspěvky<")[2]
        assert "_Jana_ *V*" in made.text


def test_a_turned_direction_is_flagged_to_the_approver() -> None:
    made = drafted("press-release", replace(TAKEN, text="Poradna \u202egpj.exe"))
    assert "unusual-contributions" in {finding.code for finding in made.findings}


def test_so_many_are_taken_as_find_room_and_the_draft_can_still_be_made() -> None:
    made = drafted("newsletter", *[replace(TAKEN, text="*** " * 990 + " konec") for _ in range(50)])
    assert len(made.fields["contributions"]) < LONGEST
    assert 0 < made.text.count("konec") < 50
    assert codes(made) == {"contributions-beyond"}
    assert material([replace(TAKEN, text="x" * MOST_CHARACTERS), TAKEN])["beyond"] == 1


@pytest.mark.usefixtures("documents")
def test_a_bodys_own_release_is_made_of_what_it_sent_in_alone() -> None:
    kind = "press-release--komise-protidrogova"
    of = context("press-release", PRESS)
    own = replace(of, body=COMMISSION, material={**of.material, "contributions": material([TAKEN])})
    made = draft(kind, own)
    assert made.fields["body"] == "Otevřeli jsme poradnu.\n\nPřišlo sto lidí."
    assert [made.fields[each] for each in ("headline", "perex", "contributions")] == ["", "", ""]
    assert "opatření" not in made.text and "www.kraj-lbc.cz" in made.fields["further"]
    assert made.text.replace("\n", " ").startswith(f"TISKOVÁ ZPRÁVA Liberecký kraj {COMMISSION}")
    assert f"Tisková zpráva, {COMMISSION}" in made.html.replace("\N{NO-BREAK SPACE}", " ")
    assert [file.name for file in made.files] == [f"tiskova-zprava-2026-12-{kind}.{end}" for end in ("docx", "pdf")]
    assert redraft(kind, made.fields, made.material) == made
