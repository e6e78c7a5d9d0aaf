"""`hlasatel check` of a plan with faults: one line each, where it is, what it says, what was probably meant.

In the texts below `⌖` marks where the fault is to be found; it is taken out before the file is written.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from worker.cli.main import main

ROOT = Path(__file__).parents[2]
PLAN = """\
plan:
  title: Plán
  from: 2024-01-01
  to: 2027-12-31
defaults:
  in_charge: koordinator
activities:
  - id: zprava
    when: září 2026
    periodicity: 1x
    activity: Tiskové zprávy
    topic: Implementace strategie
    place: 1. řádek
    kinds: [press-release]
    lists: [media]
    approvers: [tiskovy-mluvci]
  - id: setkani
    when: listopad 2026
    periodicity: 1x za 2 roky
    activity: Veřejné setkání
    place: 2. řádek
"""
SECRET = "tajne-Heslo1"

Check = Callable[[str | bytes], tuple[int, list[str]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Checks a plan beside the shipped configuration: exit code and the lines printed."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    for name in ("PLAN", "CONFIG", "LANG"):
        monkeypatch.delenv(f"HLASATEL_{name}", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(plan: str | bytes) -> tuple[int, list[str]]:
        Path("schedules.yaml").write_bytes(plan.encode() if isinstance(plan, str) else plan)
        with pytest.raises(SystemExit) as ended:
            main(["check", "--now", "2026-11-21T12:00", "schedules.yaml"])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(str(ended.value.code or 0)), said.out.splitlines()

    return run


def placed(plan: str) -> tuple[str, list[tuple[int, int]]]:
    """The plan without its marks, and the line and column of each."""
    marks = [
        (number, match.start() - index + 1)
        for number, line in enumerate(plan.splitlines(), start=1)
        for index, match in enumerate(re.finditer("⌖", line))
    ]
    return plan.replace("⌖", ""), marks


def spoilt(*changes: tuple[str, str]) -> str:
    plan = PLAN
    for right, wrong in changes:
        assert right in plan
        plan = plan.replace(right, wrong, 1)
    return plan


FAULTS: dict[str, tuple[str, str, str]] = {
    # name: (right, wrong with its mark, what is said)
    "duplicate key": (
        "    place: 1. řádek",
        "    place: 1. řádek\n    ⌖place: x",
        "„place“ je tu podruhé.* na řádku 13",
    ),
    "duplicate id": ("id: setkani", "id: ⌖zprava", "„zprava“ už je na řádku 8"),
    "tab": ("    topic:", "⌖\ttopic:", "tabulátor"),
    "tab after spaces": ("    topic:", "    ⌖\ttopic:", "tabulátor"),
    "bad indent": ("    topic:", "   ⌖topic:", "odsazený jinak"),
    "colon": ("topic: Implementace", "topic: Implementace⌖: strategie", "dvojtečka"),
    "alias": ("topic: Implementace strategie", "topic: ⌖*tema", r"odkaz \*tema"),
    "anchor": ("topic: Implementace", "topic: ⌖&tema Implementace", "kotva &tema"),
    "merge key": ("    topic: Implementace strategie", "    ⌖<<: *spolecne", "slučovací klíč <<"),
    "tag": ("topic: Implementace", "topic: ⌖!!str Implementace", "značka !!str"),
    "unknown key": ("    topic:", "    ⌖topik:", "„topik“.* Mysleli jste „topic“"),
    "unknown key in the head": ("  title: Plán\n", "  title: Plán\n  ⌖titul: x\n", "„titul“.* Mysleli jste „title“"),
    "unknown key in send": ("    topic:", '    send: {⌖tim: "9:00"}\n    topic:', "„tim“.* Mysleli jste „time“"),
    "unknown list": ("[media]", "[⌖medja]", "Seznam adresátů „medja“.* Mysleli jste „media“"),
    "unknown approver": ("[tiskovy-mluvci]", "[⌖tiskovy-mluvci-kraje]", "Mysleli jste „tiskovy-mluvci“"),
    "unknown person in charge": ("in_charge: koordinator", "in_charge: ⌖kordinátor", "Mysleli jste „koordinator“"),
    "unknown kind": ("[press-release]", "[⌖press-relase]", "„press-relase“.* Mysleli jste „press-release“"),
    "unknown template": (
        "    topic:",
        "    template: ⌖krizove\n    topic:",
        "„krizove“.* Mysleli jste „krizove-sdeleni“",
    ),
    "a template of other kinds": (
        "    place: 2.",
        "    template: ⌖krizove-sdeleni\n    place: 2.",
        "„krizove-sdeleni“.* press-release",
    ),
    "a path as a template": ("    topic:", "    template: ⌖../../etc/passwd\n    topic:", "nikdy cesta k souboru"),
    "a file as a template": ("    topic:", "    template: ⌖krizove-sdeleni.html\n    topic:", "nikdy cesta k souboru"),
    "zaří": ("září 2026", "⌖zaří 2026", "„zaří“ žádný měsíc. Mysleli jste „září“"),
    "31 February": ("when: září 2026", "when: ⌖31. února 2026", "„31. února 2026“ v kalendáři není"),
    "30 February as a send day": ("    topic:", "    send: {day: ⌖30. února}\n    topic:", "„30. února“.* není"),
    "31 April in dates": ("periodicity: 1x\n", "dates: [⌖31. 4. 2026]\n", "„31. 4. 2026“ v kalendáři není"),
    "a day beyond the plan": ("periodicity: 1x\n", "dates: [1. 4. 2026, ⌖1. 4. 2036]\n", "mimo platnost plánu"),
    "a day entered twice": ("periodicity: 1x\n", "dates: [1. 4. 2026, ⌖2026-04-01]\n", "zadán dvakrát"),
    "an impossible window": ("září 2026", "⌖září 2030", "„září 2030“ leží mimo platnost plánu"),
    "months backwards": ("září 2026", "⌖září–únor 2026", "konec před začátkem"),
    "years backwards": ("září 2026", "⌖září 2027–2026", "poslední rok před prvním"),
    "an end before its start": ("to: 2027-12-31", "to: ⌖2023-12-31", "Konec musí být po začátku"),
    "a period of zero": ("1x za 2 roky", "⌖1x za 0 let", "nedává smysl"),
    "zero times": ("1x za 2 roky", "⌖0x za rok", "nedává smysl"),
    "a digit as a weekday": ("    topic:", "    send: {day: ⌖2}\n    topic:", "„2“ není jisté, je-li to den v týdnu"),
    "an unquoted time": ("    topic:", "    send: {time: ⌖10:00}\n    topic:", 'v uvozovkách.* time: "10:00"'),
    "an hour in typographic quotes": ("    topic:", "    send: {time: ⌖„10:00“}\n    topic:", 'Napište time: "10:00"'),
    "an hour alone": ("    topic:", "    send: {time: ⌖9}\n    topic:", 'Napište time: "9:00"'),
    "ids without brackets": ("[media]", "⌖media, politici", r"Napište lists: \[media, politici\]"),
    "days without brackets": ("periodicity: 1x\n", "dates: ⌖1. 4. 2026, 2. 4. 2026\n", r"dates: \[1\. 4\. 2026, 2\."),
    "spaces of a word processor": ("    topic:", "⌖\u00a0\u00a0\u00a0\u00a0topic:", "Nahraďte je obyčejnými"),
    "no space after a colon": ("topic: Implementace", "⌖topic:Implementace", "Za dvojtečkou chybí mezera"),
    "no space after a dash": ("  - id: setkani", "  ⌖-id: setkani", "Za pomlčkou chybí mezera"),
    "two edits merged": ("    topic:", "⌖<<<<<<< HEAD\n    topic: x\n=======\n    topic:", "Nechte jen jednu z nich"),
    "an hour of 25": ("    topic:", '    send: {time: ⌖"25:00"}\n    topic:', "„25:00“"),
    "an unknown phrase": ("1x za 2 roky", "⌖obden", "„obden“ nerozumím"),
    "a missing entry": ("  - id: setkani\n    when", "  - ⌖when", "Chybí údaj „id“"),
    "nothing but words": ("  - id: setkani", "  - ⌖setkani\n  - id: setkani", "není aktivita"),
    "words for a map": ("    topic:", "    send: ⌖úterý\n    topic:", "pojmenované údaje"),
    "a map for words": ("topic: Implementace strategie", "topic: ⌖{cs: x}", "prostý text"),
    "a list for words": ("topic: Implementace strategie", "topic: ⌖[x]", "prostý text"),
    "an id with capitals": ("id: setkani", "id: ⌖Setkání", "„Setkání“ nejde použít"),
    "a control character spelt out": ("topic: Implementace", r'topic: ⌖"\a"#', "řídicí znak"),
    "an approver missing": ("    approvers: [tiskovy-mluvci]\n", "", "nikdo není uveden jako schvalovatel"),
    "an anchor to nothing": ("    topic:", "    anchor: ⌖7 dní po setkanich\n    topic:", "Mysleli jste „setkani“"),
    "an exception for no occurrence": (
        "    topic:",
        "    exceptions: {⌖2026-10: {drop: volby}}\n    topic:",
        "nemá období „2026-10“.* Mysleli jste „2026-09“",
    ),
    "a password": ("    topic:", f"    ⌖password: {SECRET}\n    topic:", "heslo nebo klíč.* HLASATEL_SMTP_URL"),
    "a password in an address": (
        "topic: Implementace",
        f"topic: ⌖smtp://plan:{SECRET}@mail.kraj.example.org",
        "V adrese je zapsané heslo.* HLASATEL_SMTP_URL",
    ),
    "a password where an id belongs": ("id: setkani", f'id: "⌖password={SECRET}"', "heslo nebo klíč"),
    "a password in a comment": ("    topic:", f"    # ⌖heslo={SECRET}\n    topic:", "heslo nebo klíč"),
    "a key": (
        "topic: Implementace strategie",
        "topic: ⌖EAAB" + "sbCS1234567890abcdefghijklmnopqrst",
        "přístupový klíč",
    ),
    "a private key": (
        "    topic: Implementace strategie",
        f"    topic: |\n      ⌖-----BEGIN PRIVATE KEY-----\n      {SECRET}\n      -----END PRIVATE KEY-----",
        "soukromý klíč.* jen správce",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_at_its_place(check: Check, right: str, wrong: str, said: str) -> None:
    plan, marks = placed(spoilt((right, wrong)))
    code, lines = check(plan)
    assert code == 1
    assert len(lines) == 2, lines
    assert re.search(said, lines[0]), lines[0]
    assert re.match(r"schedules\.yaml:\d+:\d+: ", lines[0])
    if marks:
        assert lines[0].startswith("schedules.yaml:{}:{}: ".format(*marks[0]))
    assert lines[1].startswith("Počet chyb: 1.")
    assert SECRET not in "".join(lines)


def test_rows_without_an_id_or_with_the_same_hide_nothing_else(check: Check) -> None:
    plan, marks = placed(
        spoilt(
            ("    place: 2. řádek", "    place: 2. řádek\n    exceptions: {2026-11: {drop: volby}}"),
            ("id: setkani", "id: ⌖zprava"),
            (
                "  - id: zprava\n    when: září",
                "  - ⌖when: říjen 2026\n    activity: x\n    place: y\n  - id: zprava\n    when: září",
            ),
        )
        + "  - ⌖when: září 2026\n    activity: z\n    place: z\n    counts_for: ⌖zpravy\n"
    )
    code, lines = check(plan)
    assert code == 1
    assert len(lines) == len(marks) + 1, lines
    assert [line.split(" ")[0] for line in lines[:-1]] == [f"schedules.yaml:{line}:{column}:" for line, column in marks]


BYTES: dict[str, tuple[bytes, str]] = {
    "not UTF-8": (
        PLAN.encode("cp1250"),
        "schedules.yaml:2:12: .* Windows-1250 ze staršího editoru, kde tu stojí „Plán“",
    ),
    "UTF-16": (PLAN.encode("utf-16"), "schedules.yaml:1:1: .* UTF-16.* zvolte UTF-8"),
    "UTF-16 without a mark": (PLAN.encode("utf-16-le"), "schedules.yaml:1:1: .* UTF-16"),
    "garbled": (
        PLAN.encode().decode("cp1250").encode(),
        "schedules.yaml:2:12: Háčky a čárky .*„Ăˇ“.* předchozí podobu",
    ),
    "garbled otherwise": (PLAN.encode().decode("cp1252").encode(), "schedules.yaml:.*„Ã¡“"),
    "a document of Word": (b"PK\x03\x04" + bytes(100), "schedules.yaml:1:1: .* Wordu, Excelu nebo PDF"),
    "a rich text": (b"{\\rtf1\\ansi plan: x}", "schedules.yaml:1:1: .* prostý text"),
    "empty": (b"", "schedules.yaml:1:1: Soubor je prázdný"),
    "a BOM and no more": (b"\xef\xbb\xbf\r\n", "schedules.yaml:1:1: Soubor je prázdný"),
    "comments alone": ("# Plán".encode(), "schedules.yaml:1:1: Soubor neobsahuje plán"),
    "a list": (b"- a\n- b\n", "schedules.yaml:1:1: Soubor neobsahuje plán"),
    "nested brackets": (b"plan: " + b"[ " * 5000, "schedules.yaml:1:45: .* vnořené příliš hluboko"),
    "nested maps": (b"{a: " * 5000, "schedules.yaml:1:78: .* vnořené příliš hluboko"),
    "over 1 MiB": (b"# " + b"a " * 600_000, "schedules.yaml:1:1: Soubor je větší než 1 MiB"),
    "binary": (bytes(range(256)) * 10, "schedules.yaml:1:1: .* řídicí znak U\\+0000|schedules.yaml:.* UTF-8"),
    "a second document": (PLAN.encode() + b"---\nplan: x\n", "schedules.yaml:22:1: .* druhý dokument"),
    "cut off": (PLAN.encode()[:300] + b'"', "schedules.yaml:"),
}


@pytest.mark.parametrize(("plan", "said"), BYTES.values(), ids=BYTES)
def test_a_file_that_is_no_plan_is_one_line_too(check: Check, plan: bytes, said: str) -> None:
    code, lines = check(plan)
    assert code == 1
    assert len(lines) == 2, lines
    assert re.match(said, lines[0]), lines[0]


@pytest.mark.parametrize(
    "plan",
    [
        PLAN.encode("utf-8-sig"),
        PLAN.replace("\n", "\r\n").encode(),
        PLAN.replace("\n", "\r\n").encode("utf-8-sig"),
        PLAN.rstrip("\n").encode(),
        PLAN.replace("září", "za\u0301r\u030ci\u0301").replace("září", "Z\u00c1\u0158\u00cd").encode(),
        PLAN.replace("září 2026", "září\u00a0– \n      listopad  2026").encode(),
        ("---\n" + PLAN + "...\n").encode(),
        PLAN.replace("[media]", "media").encode(),
    ],
    ids=["BOM", "CRLF", "Notepad", "no last line end", "decomposed", "wide spaces", "marked ends", "one for a list"],
)
def test_what_editors_do_is_fine(check: Check, plan: bytes) -> None:
    code, lines = check(plan)
    assert code == 0, lines
    assert lines[0] == "Plán: v pořádku, řádků plánu: 2."


def test_a_send_time_on_the_night_the_clock_changes_is_a_warning(check: Check) -> None:
    night = '    dates: [2027-03-28]\n    send: {time: "2:30", holidays: keep}\n    activity: Veřejné'
    plan = spoilt(("    when: listopad 2026\n    periodicity: 1x za 2 roky\n    activity: Veřejné", night))
    code, lines = check(plan)
    assert code == 0, lines
    assert any("Upozornění:" in line and "28" in line for line in lines), lines


def test_all_faults_are_told_at_once_in_order_and_nothing_follows_from_them(check: Check) -> None:
    plan, marks = placed(
        spoilt(
            ("  title: Plán\n", "  title: Plán\n  ⌖titul: x\n"),
            ("to: 2027-12-31", "to: ⌖2027-02-30"),
            ("when: září", "when: ⌖zaří"),
            ("    topic: Implementace strategie", f"    topic: ⌖smtp://plan:{SECRET}@mail\n    ⌖topic: dvakrát"),
            ("[press-release]", "[⌖press-relase]"),
            ("[media]", "[⌖medja, ⌖*vsichni]"),
            ("[tiskovy-mluvci]", "⌖&kdo [tiskovy-mluvci, ⌖nikdo]"),
            ("id: setkani", "id: ⌖zprava"),
            (
                "1x za 2 roky",
                '⌖1x za 0 let\n    template: ⌖../x\n    send: {time: ⌖10:00, day: ⌖2}\n    ⌖password: "x1y2"',
            ),
        )
        + "  - ⌖<<: *zprava\n    kinds: [newsletter]\n  - ⌖setkání\n"
    )
    code, lines = check(plan)
    assert code == 1
    found = [
        (int(line), int(column))
        for line, column in re.findall(r"^schedules\.yaml:(\d+):(\d+): ", "\n".join(lines), re.M)
    ]
    assert found == sorted(found)
    assert found == marks, "\n".join(lines)
    assert SECRET not in "".join(lines)
    assert lines[-1].startswith(f"Počet chyb: {len(marks)}.")
