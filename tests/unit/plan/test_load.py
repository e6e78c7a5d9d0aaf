from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from tests.unit.plan.conftest import HEAD, ROW
from worker.errors import Fault, InvalidFiles
from worker.messages import speaking
from worker.plan.model import Lead, LeadTimes, OffHolidays, Plan, Unit, Vocabulary
from worker.plan.reading.load import EXAMPLES, load_plan, parse_plan

Faults = Callable[[str | bytes], list[Fault]]


def position(text: str, part: str) -> tuple[int, int]:
    """Line and column of the first `part`, from 1."""
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize(
    ("right", "wrong", "at", "said"),
    [
        ("září, prosinec 2024 – 2027", "zaří, prosinec 2024 – 2027", "zaří", "„září“"),
        ("lists: [media]", "lists: [medi]", "medi]", "„media“"),
        ("approvers: [tiskovy-mluvci]", "approvers: [tiskovy-mluvčí]", "tiskovy-mluvčí", "„tiskovy-mluvci“"),
        ("in_charge: redakce-webu", "in_charge: redakce-web", "redakce-web\n", "„redakce-webu“"),
        ("kinds: [newsletter,", "kinds: [newsleter,", "newsleter", "„newsletter“"),
        ("    periodicity: 1x\n", "    periodicty: 1x\n", "periodicty", "„periodicity“"),
        ("periodicity: 1x za 2 roky", "periodicity: 1x za 2 rky", "1x za 2 rky", "„roky“"),
        ("ask: 5 pracovních dní", "ask: 5 pracovních", "5 pracovních", "5 pracovních"),
        ("id: newsletter", "id: tiskova-zprava", None, "už je na řádku"),
        ("dates: []", "dates: [2026-02-30]", "2026-02-30", "2026-02-30"),
        ("2024 – 2027\n    activity", "2024 – 2029\n    activity", "září, prosinec", "2024–2027"),
    ],
)
def test_a_fault_has_its_place_its_value_and_what_was_meant(
    shipped_text: str, faults: Faults, right: str, wrong: str, at: str | None, said: str
) -> None:
    assert right in shipped_text
    text = shipped_text.replace(right, wrong, 1)
    [fault] = faults(text)
    assert said in fault.message
    assert fault.file == "schedules.yaml"
    if at is not None:
        assert (fault.line, fault.column) == position(text, at)


def test_all_faults_come_at_once_in_order(shipped_text: str, faults: Faults) -> None:
    text = shipped_text.replace("září,", "zaří,").replace("[vsichni]", "[vsihni]", 1).replace("Listopad", "Lisopad")
    found = faults(text.replace("in_charge: vedeni-kraje", "in_charge: vedeni", 1))
    assert len(found) == 4
    assert found == sorted(found)


def test_windows_files_read_the_same(shipped: Plan, shipped_text: str, vocabulary: Vocabulary, tmp_path: Path) -> None:
    path = tmp_path / "schedules.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + shipped_text.replace("\n", "\r\n").encode())
    plan = load_plan(path, vocabulary)
    assert plan.activities == shipped.activities
    assert plan.digest != shipped.digest


def test_a_plan_is_kept_as_read_for_its_words_its_language_and_the_ids_it_may_name(
    shipped_text: str, vocabulary: Vocabulary
) -> None:
    data, known = shipped_text.encode(), frozenset({"press-release", "newsletter", "facebook-text"})
    named = replace(vocabulary, templates={"krizove-sdeleni": known})
    plan = parse_plan(data, "schedules.yaml", named)
    assert parse_plan(bytes(bytearray(data)), "schedules.yaml", replace(named)) is plan
    with speaking("en"):
        english = parse_plan(data, "schedules.yaml", named)
    assert english.activities[0].understood != plan.activities[0].understood
    elsewhere = parse_plan(data, "jiny.yaml", named)
    assert elsewhere.path == "jiny.yaml" and elsewhere.activities is plan.activities
    assert parse_plan(data, "schedules.yaml", replace(named, templates={})) is not plan
    for file in ("schedules.yaml", "jiny.yaml"):
        with pytest.raises(InvalidFiles) as refused:
            parse_plan(data, file, replace(named, people=frozenset()))
        assert {fault.file for fault in refused.value.faults} == {file}


@pytest.mark.parametrize("text", ["", "- a\n", "jen text"])
def test_a_file_without_a_plan_is_one_clear_fault(faults: Faults, text: str) -> None:
    [fault] = faults(text)
    assert (fault.line, fault.column) == (1, 1)
    assert "plán" in fault.message


def test_a_file_that_is_no_yaml_is_refused_at_its_place(faults: Faults) -> None:
    [fault] = faults("plan:\n\ttitle: x\n")
    assert (fault.line, fault.column) == (2, 1)
    assert "tabulátor" in fault.message


@pytest.mark.parametrize(("key", "keys"), [("send", "day, time, holidays"), ("lead", "call, draft, comment, ask")])
def test_words_where_named_entries_belong_are_told_their_names(faults: Faults, key: str, keys: str) -> None:
    row = ROW.format(id="a", when="leden 2024", periodicity="1x") + f"    {key}: 3. úterý v 9:00\n"
    [fault] = faults(HEAD + row)
    assert keys in fault.message
    assert f"„{key}: {{" in fault.message


@pytest.mark.parametrize("key", EXAMPLES)
def test_the_examples_in_the_messages_are_read_as_they_stand(vocabulary: Vocabulary, key: str) -> None:
    head, row = HEAD.splitlines(), ROW.format(id="a", when="leden 2024", periodicity="1x")
    lines = [EXAMPLES[key] if line.startswith(f"{key}:") else line for line in head]
    more = f"    {EXAMPLES[key]}\n" if key in ("send", "lead") else ""
    parse_plan(("\n".join(lines) + "\n" + row + more).encode(), "schedules.yaml", vocabulary)


def test_what_is_not_known_now_is_not_checked(shipped_text: str, vocabulary: Vocabulary) -> None:
    text = shipped_text.replace("lists: [media]", "lists: [nic]", 1).replace("approvers: [tisk", "approvers: [x-tisk")
    text = text.replace("in_charge: vedeni-kraje", "in_charge: nikdo").replace("[newsletter,", "[dopis,")
    parse_plan(text.encode(), "schedules.yaml", Vocabulary(None, None, None))
    with pytest.raises(InvalidFiles) as refused:
        parse_plan(text.encode(), "schedules.yaml", replace(vocabulary, people=None))
    assert len(refused.value.faults) == 2


def test_a_missing_file_and_a_folder_are_faults_too(vocabulary: Vocabulary, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "neni.yaml"):
        with pytest.raises(InvalidFiles, match="nejde otevřít"):
            load_plan(path, vocabulary)


def test_missing_entries_are_named(faults: Faults) -> None:
    messages = " ".join(fault.message for fault in faults("plan: {title: x}\nactivities:\n  - id: Špatné Id\n"))
    for key in ("from", "to", "activity", "place", "when", "in_charge", "Špatné Id"):
        assert key in messages


def test_kinds_need_an_approver(faults: Faults) -> None:
    row = ROW.format(id="a", when="leden 2024", periodicity="1x") + "    kinds: [newsletter]\n"
    [fault] = faults(HEAD + row)
    assert "approvers" in fault.message


def test_numbers_overriding_the_defaults(one_row: Callable[..., Plan]) -> None:
    more = """\
        send: {day: poslední pracovní den, time: "9:30", holidays: previous}
        lead: {ask: 3 dny, escalate: 2 hodiny, call: 14 dnů}
        max_lateness: 90 minut
    """
    activity = one_row("leden 2024", "1x", more).activity("a")
    assert not activity.send_assumed
    assert (activity.send.at, activity.send.off_holidays) == (time(9, 30), OffHolidays.PREVIOUS)
    assert activity.lead == LeadTimes(ask=Lead(3, Unit.DAYS), escalate=Lead(2, Unit.HOURS), call=Lead(14, Unit.DAYS))
    assert activity.max_lateness == timedelta(minutes=90)


def test_meetings_are_their_entered_dates(one_row: Callable[..., Plan]) -> None:
    row = one_row("leden 2024–2027", "Všechna řádně plánovaná zasedání", "dates: [2026-12-08, 23. 2. 2027]")
    assert [period.label for period in row.activity("a").periods] == ["2026-12-08", "2027-02-23"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("dates: [2026-12-08, 2026-12-08]", "dvakrát"),
        ("dates: [2031-12-08]", "2031-12-08"),
        ("dates: {a: b}", "prostý text"),
    ],
)
def test_dates_that_cannot_be(faults: Faults, more: str, said: str) -> None:
    [fault] = faults(HEAD + ROW.format(id="a", when="leden 2024", periodicity="dle plánu zasedání") + f"    {more}\n")
    assert said in fault.message


def test_escapes_cannot_smuggle_in_control_characters(faults: Faults) -> None:
    text = (HEAD + ROW.format(id="a", when="leden 2024", periodicity="1x")).replace(": Zpráva", r': "Z\x07\r\nBcc"')
    [fault] = faults(text)
    assert "řídicí znak" in fault.message
