"""What rows say of each other, and the keys that go beyond the two columns: read, and refused at their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from time import process_time

import pytest

from tests.unit.plan.conftest import HEAD
from worker.errors import Fault, InvalidFiles
from worker.plan.model import Anchor, Exemption, Lead, Plan, Unit, Vocabulary
from worker.plan.reading.load import parse_plan
from worker.plan.reading.rows import EXAMPLES

Faults = Callable[[str | bytes], list[Fault]]
Read = Callable[[str], Plan]


def row(row_id: str, *lines: str) -> str:
    """A row with these further lines; once a year in 2026 and 2027 unless they say when."""
    said = any(line.startswith(("when", "periodicity", "anchor")) for line in lines)
    when = () if said else ("when: 2026–2027", "periodicity: 1x ročně")
    return f"  - id: {row_id}\n" + "".join(f"    {line}\n" for line in ("activity: Zpráva", "place: x", *when, *lines))


def test_rows_hang_on_each_other_and_on_days(read: Read) -> None:
    plan = read(
        HEAD
        + row("rada", "periodicity: dle plánu zasedání", "dates: [6. 2. 2024]")
        + row("web", "anchor: 7 dní po rada", "when: po schválení radou")
        + row("tisk", "anchor: 2 pracovní dny po web")
        + row("vyporadani", "anchor: 14 dní po 26. 1. 2024")
    )
    assert plan.activity("web").anchor == Anchor(Lead(7, Unit.DAYS), True, "rada")
    assert plan.activity("vyporadani").anchor == Anchor(Lead(14, Unit.DAYS), True, day=date(2024, 1, 26))
    assert all(plan.activity(each).periods == () for each in ("web", "tisk", "vyporadani"))
    assert "„po schválení radou“ u aktivity jen slovy" in plan.activity("web").understood[0]


def test_a_row_on_an_uzaverka_keeps_its_own_periods(read: Read) -> None:
    plan = read(
        HEAD
        + row("magazin", "periodicity: cca 4x ročně", "deadlines: {2026-Q4: 5. 11. 2026}")
        + row("clanek", "anchor: 10 pracovních dní před uzávěrkou magazin", "when: 2026", "periodicity: 2x ročně")
    )
    assert plan.activity("magazin").deadlines == {"2026-Q4": date(2026, 11, 5)}
    assert [each.label for each in plan.activity("clanek").periods] == ["2026-H1", "2026-H2"]
    anchor = plan.activity("clanek").anchor
    assert anchor is not None
    assert anchor.deadline


def test_an_activity_may_say_that_it_will_have_uzaverky(read: Read) -> None:
    anchored = row("clanek", "anchor: 3 dny před uzávěrkou magazin", "when: 2026")
    assert read(HEAD + row("magazin", "deadlines: {}") + anchored).activity("magazin").deadlines == {}


def test_one_occurrence_may_be_moved_or_dropped(read: Read) -> None:
    lines = (
        "exceptions:",
        '  "2026": {move: 17. 12. 2026, time: "9:00", why: zasedá rada}',
        "  2027: {drop: plán končí}",
    )
    assert read(HEAD + row("a", *lines)).activity("a").exemptions == {
        "2026": Exemption("zasedá rada", day=date(2026, 12, 17), at=time(9, 0)),
        "2027": Exemption("plán končí", dropped=True),
    }


def test_an_anchored_row_has_the_periods_of_what_it_hangs_on(read: Read, faults: Faults) -> None:
    base, chain = (
        row("a"),
        row("b", "anchor: 1 den po a") + row("c", "anchor: 1 den po b", "exceptions: {%s: {drop: volby}}"),
    )
    assert "2027" in read(HEAD + base + chain % "2027").activity("c").exemptions
    [fault] = faults(HEAD + base + chain % "2028")
    assert "nemá období „2028“" in fault.message


def test_what_a_row_helps_and_how_it_is_worded(read: Read, vocabulary: Vocabulary) -> None:
    lines = ("counts_for: a", "crisis: true", "kinds: [newsletter]", "approvers: [tiskovy-mluvci]", "template: jinak")
    known = replace(vocabulary, templates={"jinak": frozenset({"newsletter"})})
    text = HEAD + row("a", "when: září 2026", "periodicity: alespoň 1x za ½ roku") + row("b", *lines)
    activity = parse_plan(text.encode(), "schedules.yaml", known).activity("b")
    assert (activity.counts_for, activity.crisis, activity.template) == ("a", True, "jinak")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["anchor: 7 dní po novinkyy"], "není. Mysleli jste „novinky“?"),
        (["anchor: 7 dní po a"], "v kruhu: a → a"),
        (["anchor: 7 dní před uzávěrkou novinky", "when: 2026"], "„novinky“ nemá uzávěrky"),
        (["anchor: týden novinky"], "nerozumím"),
        (["anchor: 7 dní po novinky", "dates: [2026-01-05]"], "„dates“ k aktivitě s „anchor“ nepatří"),
        (["anchor: 7 dní po novinky", "watch: 1x za měsíc"], "„watch“ k aktivitě s „anchor“ nepatří"),
        (["anchor: 7 dní po novinky", "send: {day: 15.}"], "„send: day“ k aktivitě s „anchor“ nepatří"),
        (["deadlines: {2028: 5. 11. 2026}"], "nemá období „2028“"),
        (["deadlines: {2026: 31. 2. 2026}"], "v kalendáři není"),
        (["deadlines: [5. 11. 2026]"], "„deadlines: {2026-Q4: 5. 11. 2026}“"),
        (["exceptions: {2026-12: {drop: volby}}"], "nemá období „2026-12“. Mysleli jste „2026“?"),
        (["exceptions: {2026: {move: 17. 12. 2026}}"], "Chybí údaj „why“"),
        (["exceptions: {2026: {move: 17. 12. 2029, why: x}}"], "mimo platnost plánu"),
        (["exceptions: {2026: {move: 17. 12. 2026, time: 9:00, why: x}}"], "musí být v uvozovkách"),
        (["exceptions: {2026: {why: x}}"], "buď „move“"),
        (["exceptions: {2026: {move: 17. 12. 2026, drop: x}}"], "buď „move“"),
        (["exceptions: {2026: {drop: x, why: y}}"], "„why“ k výjimce s „drop“ nepatří"),
        (["exceptions: {2026: drop}"], "move, time, why, drop"),
        (["exceptions: {2026: {drop: false}}"], "má tu být důvod slovy"),
        (["exceptions: {2026: {drop: Ne}}"], "má tu být důvod slovy"),
        (["exceptions: {2026: {drop: 1}}"], "má tu být důvod slovy"),
        (["exceptions: {2026: {drop: 17. září 2026}}"], "napište „move“ a „why“"),
        (["exceptions: {2026: {presun: x}}"], "Údaj „presun“ tu plán nezná"),
        (["exceptions: drop"], "„exceptions: {2026-12: {move"),
        (["counts_for: novinka"], "Mysleli jste „novinky“?"),
        (["counts_for: a"], "„counts_for“ smažte"),
        (["watch: 1x za měsíc"], "„watch“ patří jen k „průběžně“"),
        (["periodicity: průběžně", "watch: 1x"], "neříká, jak často"),
        (["periodicity: průběžně", "dates: [2026-01-05]"], "„dates“ se zadávají jen tam"),
        (["crisis: ano"], "Napište true"),
        (["template: ../x"], "nikdy cesta k souboru"),
        (["template: a/b"], "nikdy cesta k souboru"),
        (["template: krize"], "Mysleli jste „krizove“?"),
        (["template: krizove"], "nepatří k žádnému druhu sdělení této aktivity. Na výběr je: press-release."),
        (["send: {time: 10:00}"], 'Napište time: "10:00"'),
        (["send: {time: 10.00}"], "musí být v uvozovkách"),
        (['send: {time: "25:00"}'], "Hodinu „25:00“ neumím přečíst"),
        (["send: {day: 2}"], "den v týdnu, nebo v měsíci"),
        (["send: {day: 2. 2}"], "den v týdnu, nebo v měsíci"),
        (["send: {day: 31. února}"], "v kalendáři není"),
        (["periodicity: 1x"], "Chybí „when“"),
        (["when: 2026", "periodicity: 8x týdně"], "nevejde: termínů 8, dní 7"),
        (["when: 2023"], "mimo platnost plánu (2024–2027)"),
        (["when: prosinec–leden 2026"], "konec před začátkem"),
    ],
)
def test_each_refusal_is_one_fault_at_its_key(vocabulary: Vocabulary, lines: list[str], said: str) -> None:
    known = replace(vocabulary, templates={"krizove": frozenset({"press-release"})})
    text = HEAD + row("novinky") + row("a", *lines)
    with pytest.raises(InvalidFiles) as refused:
        parse_plan(text.encode(), "schedules.yaml", known)
    [fault] = refused.value.faults
    assert said in fault.message
    first = text[: text.index("id: a\n")].count("\n") + 1
    # What is missing has no line of its own, so its fault stands where its row begins.
    assert first <= fault.line <= text.count("\n")


def test_a_month_outside_a_plan_of_odd_months_is_refused(read: Read, faults: Faults) -> None:
    head = HEAD.replace("2024-01-01", "2018-02-01").replace("2027-12-31", "2020-01-31")
    assert read(head + row("a", "when: 1/2020")).activity("a").periods
    for when in ("1/2018", "2/2020", "od 02/2020", "10. 1. 2018"):
        [fault] = faults(head + row("a", f"when: {when}"))
        assert "mimo platnost plánu (2/2018–1/2020)" in fault.message


def test_a_circle_is_told_once_with_its_way(faults: Faults) -> None:
    chain = "".join(row(f"a{n}", f"anchor: 1 den po a{(n + 1) % 3}") for n in range(3))
    [fault] = faults(HEAD + chain + row("b", "anchor: 1 den po a1"))
    assert "a0 → a1 → a2 → a0" in fault.message


def test_a_faulty_row_does_not_make_its_labels_a_fault_too(faults: Faults) -> None:
    [fault] = faults(
        HEAD + row("a", "when: zaří 2026", "exceptions: {2026-09: {drop: volby}}") + row("b", "anchor: 1 den po a")
    )
    assert "„zaří“" in fault.message


def test_where_the_second_column_is_empty_either_may_have_been_meant(faults: Faults) -> None:
    [fault] = faults(HEAD + row("a", "when: prubežne"))
    assert "nejpodobnější první: „průběžně“" in fault.message
    assert "„9–11/2026“" in fault.message
    [fault] = faults(HEAD + row("a", "when: prubežne", "periodicity: 1x ročně"))
    assert "„průběžně“" not in fault.message


def test_what_comes_to_nothing_is_a_remark(read: Read) -> None:
    plan = read(
        HEAD
        + row("web", "periodicity: průběžně")
        + row("a", "anchor: 1 den po web")
        + row("b", "counts_for: a", "when: 2026", "periodicity: 1x ročně")
    )
    assert "žádný termín" in plan.activity("a").remarks[0]
    assert "žádné „Alespoň …“ neslibuje" in plan.activity("b").remarks[0]


@pytest.mark.parametrize("key", EXAMPLES)
def test_the_examples_in_the_messages_are_read_as_they_stand(read: Read, key: str) -> None:
    when = "periodicity: čtvrtletně" if key == "deadlines" else "periodicity: měsíčně"
    read(HEAD + row("a", when, EXAMPLES[key]))


@pytest.mark.parametrize("kind", ["own", "anchored"])
def test_too_many_occurrences_are_one_fault(faults: Faults, kind: str) -> None:
    lines = ("periodicity: 7x týdně",) if kind == "own" else ("anchor: 1 den po a0",)
    rows = row("a0", "periodicity: 7x týdně") + "".join(row(f"a{n}", *lines) for n in range(1, 20))
    [fault] = faults(HEAD + rows)
    assert "víc než 20000" in fault.message
    many = ", ".join(f"{month}/{year}" for year in range(2024, 2028) for month in range(1, 13))
    [fault] = faults(HEAD.replace("2027-12-31", "2027-12-31") + row("a", f"when: {many}", "periodicity: 40x"))
    assert "nevejde" in fault.message


def test_long_words_are_quoted_shortened(faults: Faults) -> None:
    [fault] = faults(HEAD + row("a", f"when: {'x' * 1500}"))
    assert "x" * 101 not in fault.message
    assert "…“" in fault.message


def test_two_thousand_rows_are_read(read: Read) -> None:
    """Within a second or so on a machine of its own; the bound leaves room for slow and busy ones."""
    begun = process_time()
    rows = "".join(row(f"a{n}", "target: všichni", "topic: novinky", "resources: garant") for n in range(2000))
    assert len(read(HEAD + rows).activities) == 2000
    assert process_time() - begun < 20
