"""People and lists: what a person may write, and the fault for everything else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from worker.errors import HlasatelError, InvalidFiles
from worker.positions import MOST_FAULTS
from worker.settings import closure, load_lists, load_people
from worker.settings.people import deputy_doubts

PERSON = "name: A\n  role: r\n  email: a@example.org\n  greeting: g\n"
LIST = "name: A\n  description: d\n  owner: o\n  legal_basis: l\n"


def people(folder: Path, text: str) -> list[str]:
    (folder / "people.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFiles) as refused:
        load_people(folder)
    return [str(fault).removeprefix(f"{folder}/people.yaml:") for fault in refused.value.faults]


def lists(folder: Path, text: str) -> list[str]:
    (folder / "lists.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFiles) as refused:
        load_lists(folder)
    return [str(fault).removeprefix(f"{folder}/lists.yaml:") for fault in refused.value.faults]


def test_every_fault_is_told_at_its_place(tmp_path: Path) -> None:
    found = people(
        tmp_path,
        "mluvci:\n"
        "  name: Mluvčí\n"
        "  role: schvaluje\n"
        "  e-mail: mluvci@example.org\n"
        "  greeting: 5\n"
        "zastupce:\n"
        "  name: Zástupce\n"
        "  role: r\n"
        "  email: zastupce.example.org\n"
        "  greeting: g\n"
        "  deputy: mluvcí\n"
        "Velký:\n"
        "  name: x\n",
    )
    assert [fault.split(": ")[0] for fault in found] == ["2:3", "4:3", "5:13", "9:10", "11:11", "12:1"]
    text = "\n".join(found)
    assert "chybí „email“" in text
    assert "Mysleli jste „email“? Může tu být: name, role, email, greeting, phone, deputy, deputies" in text
    assert "„greeting“ má být neprázdný text, je tu „5“" in text
    assert "„zastupce.example.org“ není e-mailová adresa" in text


def test_a_deputy_is_another_known_person(tmp_path: Path) -> None:
    assert people(tmp_path, f"a:\n  {PERSON}  deputy: a\nb:\n  {PERSON}  deputy: c\n") == [
        "6:11: nikdo nemůže zastupovat sám sebe. Napište jinou roli, nebo řádek „deputy“ smažte.",
        "12:11: „c“ není v people.yaml. Opravte označení, nebo roli do people.yaml doplňte.",
    ]


DEPUTY = "    authorisation: {number: KULK 1/2026, date: 20. 11. 2026}\n"


def test_a_deputy_may_be_named_for_days_with_the_authorisation(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text(
        f"a:\n  {PERSON}  deputies:\n  - person: b\n    from: 2026-12-01\n    to: 24. 12. 2026\n{DEPUTY}b:\n  {PERSON}",
        encoding="utf-8",
    )
    (deputy,) = load_people(tmp_path)["a"].deputies
    assert (deputy.person, deputy.first_day, deputy.last_day) == ("b", date(2026, 12, 1), date(2026, 12, 24))
    assert deputy.authorisation.told() == "č. KULK 1/2026 ze dne 20. 11. 2026"
    assert deputy.days() == "1. 12. 2026 – 24. 12. 2026"


def test_deputies_that_are_no_list_are_told_what_to_write(tmp_path: Path) -> None:
    [fault] = people(tmp_path, f"a:\n  {PERSON}  deputies: b\nb:\n  {PERSON}")
    assert "položky začínající „- person:“ a v každé i: from, to, authorisation." in fault


def test_nobody_stands_for_herself_on_any_days(tmp_path: Path) -> None:
    [fault] = people(
        tmp_path, f"a:\n  {PERSON}  deputies:\n  - person: a\n    from: 2026-12-01\n    to: 2026-12-02\n{DEPUTY}"
    )
    assert "nebo tuto položku v „deputies“ smažte" in fault


def test_days_that_overlap_or_were_authorised_later_are_doubted(tmp_path: Path) -> None:
    def doubts(*days: str) -> list[str]:
        entries = "".join(f"  - {{person: b, from: {each}}}\n" for each in days)
        authorised = "authorisation: {number: KULK 1/2026, date: 2026-11-20}"
        text = entries.replace("}\n", f", {authorised}}}\n")
        (tmp_path / "people.yaml").write_text(f"a:\n  {PERSON}  deputies:\n{text}b:\n  {PERSON}", encoding="utf-8")
        return deputy_doubts(load_people(tmp_path))

    assert doubts("2026-11-20, to: 2026-11-30", "2026-12-01, to: 2026-12-02") == []
    [late] = doubts("2026-11-19, to: 2026-11-30")
    assert "zmocnění č. KULK 1/2026 až ze dne 20. 11. 2026" in late
    [twice] = doubts("2026-12-02, to: 2026-12-08", "2026-12-01, to: 2026-12-02")
    assert "2. 12. 2026 – 8. 12. 2026 a 1. 12. 2026 – 2. 12. 2026" in twice


@pytest.mark.parametrize(
    ("written", "place", "says"),
    [
        (f"person: c\n    from: 2026-12-01\n    to: 2026-12-24\n{DEPUTY}", "7:13", "„c“ není v people.yaml"),
        (f"person: a\n    from: 2026-12-01\n    to: 2026-12-24\n{DEPUTY}", "7:13", "nikdo nemůže zastupovat sám sebe"),
        (
            f"person: b\n    from: 2026-12-24\n    to: 2026-12-01\n{DEPUTY}",
            "9:9",
            "má končit 1. 12. 2026, ale začíná až",
        ),
        (f"person: b\n    from: zítra\n    to: 2026-12-24\n{DEPUTY}", "8:11", "„zítra“ není datum"),
        (
            f"person: b\n    since: 2026-12-01\n    to: 2026-12-24\n{DEPUTY}",
            "8:5",
            "Může tu být: person, from, to, auth",
        ),
        ("person: b\n    from: 2026-12-01\n    to: 2026-12-24\n", "7:5", "chybí „authorisation“"),
    ],
)
def test_a_deputy_with_days_that_cannot_be_read_is_told_at_its_place(
    tmp_path: Path, written: str, place: str, says: str
) -> None:
    found = people(tmp_path, f"a:\n  {PERSON}  deputies:\n  - {written}b:\n  {PERSON}")
    assert any(fault.startswith(f"{place}: ") and says in fault for fault in found), found


def test_an_empty_key_means_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text(f"\ufeffa:\r\n  {PERSON}  phone:\n", encoding="utf-8")
    assert load_people(tmp_path)["a"].phone is None


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("- a\n", "1:1", "klíč: hodnota"),
        ("", "1:1", "klíč: hodnota"),
        ("a: text\n", "1:4", "má mít vlastní položky"),
        ("a:\n\tb: 1\n", "2:1", "tabulátor"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, place: str, says: str) -> None:
    [found] = people(tmp_path, text)
    assert found.startswith(f"{place}: ")
    assert says in found


def test_a_list_says_where_it_comes_from(tmp_path: Path) -> None:
    assert lists(tmp_path, f"a:\n  {LIST}b:\n  {LIST}  place: p\n  ours: o\n") == [
        "2:3: seznam má mít buď „place“ (kde ho plán uvádí), nebo „ours“ (proč jsme ho přidali). Napište právě jedno "
        "z toho.",
        "7:3: seznam má mít buď „place“ (kde ho plán uvádí), nebo „ours“ (proč jsme ho přidali). Napište právě jedno "
        "z toho.",
    ]


def test_lists_include_known_lists_and_no_circles(tmp_path: Path) -> None:
    found = lists(
        tmp_path,
        f"media:\n  {LIST}  ours: o\n  includes: [tisk, tiks]\n"
        f"tisk:\n  {LIST}  ours: o\n  includes: [media]\n"
        f"sam:\n  {LIST}  ours: o\n  includes: [sam]\n",
    )
    assert found == [
        "7:20: seznam „tiks“ není v lists.yaml. Mysleli jste „tisk“? Opravte označení, nebo seznam do lists.yaml "
        "doplňte.",
        "14:14: seznamy se zahrnují do kruhu: media → tisk → media. Jedno z těchto zahrnutí smažte.",
        "21:14: seznamy se zahrnují do kruhu: sam → sam. Jedno z těchto zahrnutí smažte.",
    ]


def test_each_circle_is_told_once_and_a_long_one_shortly(tmp_path: Path) -> None:
    ring = "".join(f"l{n}:\n  {LIST}  ours: o\n  includes: [l{(n + 1) % 1200}, l0]\n" for n in range(1200))
    text = f"{ring}eight:\n  {LIST}  ours: o\n  includes: [l5]\n"
    with pytest.raises(InvalidFiles) as refused:
        (tmp_path / "lists.yaml").write_text(text.replace(", l0]", "]"), encoding="utf-8")
        load_lists(tmp_path)
    [fault] = refused.value.faults
    assert "l0 → l1 → l2 → l3 → … → l1196 → l1197 → l1198 → l1199 → l0" in fault.message
    assert len(lists(tmp_path, text)) == MOST_FAULTS + 1


def test_several_ways_to_one_list_are_no_circle(tmp_path: Path) -> None:
    entries = {"a": "b, c", "b": "d", "c": "b, d", "d": "", "e": "a, d"}
    text = "".join(f"{name}:\n  {LIST}  ours: o\n  includes: [{inside}]\n" for name, inside in entries.items())
    (tmp_path / "lists.yaml").write_text(text, encoding="utf-8")
    assert list(load_lists(tmp_path)) == list(entries)


def test_the_closure_names_each_list_once(tmp_path: Path) -> None:
    (tmp_path / "lists.yaml").write_text(
        f"all:\n  {LIST}  ours: o\n  includes: [media, tisk]\n"
        f"media:\n  {LIST}  ours: o\n  includes: [tisk, rozhlas]\n"
        f"tisk:\n  {LIST}  place: p\nrozhlas:\n  {LIST}  place: p\n",
        encoding="utf-8",
    )
    known = load_lists(tmp_path)
    assert closure(known, "all") == ("all", "media", "tisk", "rozhlas")
    assert closure(known, "tisk") == ("tisk",)
    with pytest.raises(HlasatelError, match="Mysleli jste „media“"):
        closure(known, "medai")
