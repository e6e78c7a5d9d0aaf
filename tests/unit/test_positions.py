"""Files people write: what YAML and TOML may hold, where a fault is put, and that no file costs more than a moment."""

from __future__ import annotations

import errno
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.errors import Fault, InvalidFiles
from worker.nearest import nearest
from worker.positions import (
    LARGEST,
    MOST_FAULTS,
    Faults,
    Mapping,
    Scalar,
    decode,
    parse_yaml,
    read_bytes,
    read_text,
    read_toml,
    read_yaml,
    reason_of,
)


def refused(data: str | bytes) -> tuple[Fault, ...]:
    """The faults of a YAML file holding `data`; fails when there are none."""
    with pytest.raises(InvalidFiles) as error:
        parse_yaml(decode(data if isinstance(data, bytes) else data.encode(), "f"), "f")
    return error.value.faults


@pytest.mark.parametrize(
    ("data", "line", "column", "said"),
    [
        ("plan: 'x\nactivities: []\n", 1, 7, "uvozovk"),
        ("plan: [1, 2\n", 1, 7, "závorka"),
        ("a: [1\nb: 2\n", 1, 4, "závorka"),
        ("plan:\n\ttitle: x\n", 2, 1, "tabulátor"),
        ("a:\n  b: 1\n\tc: 2\n", 3, 1, "tabulátor"),
        ("plan: a: b\n", 1, 8, "dvojtečka"),
        ("plan:\n  title: x\n to: y\n", 3, 2, "odsazen"),
        ("plan: @x\n", 1, 7, "uvozovek"),
        ("plan: &kotva x\n", 1, 7, "kotva &kotva"),
        ("plan: *odkaz\n", 1, 7, "odkaz *odkaz"),
        ("plan: !!python/object:os.system x\n", 1, 7, "python/object"),
        ("a: !tajne x\n", 1, 4, "značka !tajne"),
        ("<<: {a: b}\n", 1, 1, "slučovací klíč <<"),
        ("a:\n  <<: {b: 1}\n", 2, 3, "slučovací klíč <<"),
        ("plan: x\nplan: y\n", 2, 1, "podruhé, poprvé stojí na řádku 1"),
        ("a: !!int 5\n", 1, 4, "značka !!int"),
        ("? [a, b]\n: 1\n", 1, 3, "má být jedno slovo"),
        ("plan: x\n---\nplan: y\n", 2, 1, "druhý dokument"),
        (b"plan: \xe1\n", 1, 7, "UTF-8"),
        ("a:\n  jméno: Mluvčí".encode("cp1250"), 2, 5, "UTF-8"),
        ("a:\r\nř: ".encode() + b"\xe1", 2, 4, "UTF-8"),
        ("plan: září 2026".encode("cp1250"), 1, 8, "Windows-1250 ze staršího editoru, kde tu stojí „září“"),
        ("a: b\nplan: Žluťoučký".encode("cp1250"), 2, 7, "„Žluťoučký“"),
        ("plan: září".encode("iso8859-2"), 1, 8, "„září“"),
        (b"plan: \x80\x81\xfe", 1, 7, "není v kódování UTF-8. Uložte"),
        ("plan: září".encode("utf-16"), 1, 1, "UTF-16"),
        ("plan: září".encode("utf-16-be"), 1, 1, "UTF-16"),
        ("plan: september".encode("utf-16-le"), 1, 1, "UTF-16"),
        (b"a: b\nplan: \x00\n", 2, 7, "U+0000"),
        ("a: \x07\n", 1, 4, "nepatří"),
        (b"x" * (LARGEST + 1), 1, 1, "1 MiB"),
        ("[" * 5000, 1, 21, "vnořené"),
        ("- " * 5000, 1, 41, "vnořené"),
        ("{a: " * 5000, 1, 78, "vnořené"),
        ("a: " + "[" * 500, 1, 23, "zanořené 20krát"),
        ("a: " + "x" * 20_000, 1, 4, "10000 znaků"),
        ("- [a, b, c]\n" * 20_000, 11_250, 10, "údajů"),
        ("# x\n" * 40_000, 30_001, 1, "30000 řádků"),
        ("\n" * 40_000, 30_001, 1, "30000 řádků"),
        ("a: " + "x " * 100_000, 1, 200_002, "100000 slov"),
    ],
)
def test_a_broken_file_is_one_clear_fault(data: str | bytes, line: int, column: int, said: str) -> None:
    found = refused(data)
    assert (found[0].line, found[0].column) == (line, column)
    assert said in found[0].message


@given(st.text(alphabet="ab:-[]{}?!&*|>%@'\"\\,# \n\t~0é<=.", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_escapes_as_anything_but_faults(text: str) -> None:
    try:
        parse_yaml(decode(text.encode(), "f"), "f")
    except InvalidFiles as error:
        assert all(fault.line >= 1 and fault.column >= 1 for fault in error.faults)


def test_every_anchor_and_alias_of_a_bomb_is_told() -> None:
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    assert len(refused("a0: &a0 x\n" + "\n".join(rows))) == 40 + 39 * 9


def test_faults_end_where_nobody_would_read_on() -> None:
    found = refused("".join(f"- !t{n} x\n" for n in range(MOST_FAULTS + 100)))
    assert len(found) == MOST_FAULTS + 1
    assert found[-1].line == MOST_FAULTS
    assert [fault for fault in found if "Chyb je víc než" in fault.message] in ([found[-1]], [found[-2]])


def test_what_leaves_the_rest_readable_is_noted_and_the_nodes_are_given() -> None:
    faults = Faults()
    root = parse_yaml("a: &k x\nb: !!str y\na: z\n<<: *k\nc: *k\n", "f", faults)
    assert isinstance(root, Mapping)
    assert [key.value for key, _ in root.entries] == ["a", "b", "a", "<<", "c"]
    assert [(fault.line, fault.column) for fault in faults.found] == [(1, 4), (2, 4), (3, 1), (4, 1), (5, 4)]
    with pytest.raises(InvalidFiles) as error:
        parse_yaml("a: &k x\nb: [\n", "f", Faults())
    assert len(error.value.faults) == 2


def test_what_only_follows_from_a_fault_is_not_told() -> None:
    faults = Faults()
    faults.settle(Fault("f", 2, 3, "why"), (1, 1))
    for line, column in ((2, 3), (1, 1), (2, 4), (2, 4)):
        faults.add(Fault("f", line, column, "so"))
    assert faults.found == (Fault("f", 2, 3, "why"), Fault("f", 2, 4, "so"))


def test_collecting_asks_for_no_more_faults_than_it_keeps() -> None:
    asked = iter(Fault("f", line, 1, "x") for line in range(1, 10_000))
    with pytest.raises(InvalidFiles):
        Faults().extend(asked)
    assert next(asked).line == MOST_FAULTS + 2


def test_windows_files_and_a_bom_read_the_same(tmp_path: Path) -> None:
    unix, windows = tmp_path / "unix.yaml", tmp_path / "windows.yaml"
    text = "a:\n  b: č\n  c: [1, 2]\n"
    unix.write_bytes(text.encode())
    windows.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    one, two = read_yaml(unix), read_yaml(windows)
    assert (one.data, one.values, one.keys) == (two.data, two.values, two.keys)
    assert one.values["a", "c", 1] == (3, 10)
    assert one.keys["a", "c"] == (3, 3)


def test_plain_values_have_the_types_of_yaml_and_quoted_ones_are_texts(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text(
        "a: [1, -2, 1.5, 1e3, true, False, null, ~, '', 'null', '1', yes, 2026-12-08, 0x1F, +420 485, .inf]\nb:\n",
        encoding="utf-8",
    )
    document = read_yaml(file)
    texts = ["", "null", "1", "yes", "2026-12-08", "0x1F", "+420 485", ".inf"]
    assert document.data == {"a": [1, -2, 1.5, 1000.0, True, False, None, None, *texts], "b": None}


def test_a_file_is_parsed_once_for_all_who_ask_and_anew_once_it_is_another(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    first = read_yaml(file)
    assert read_yaml(file) is first
    file.write_text("a: 2\n", encoding="utf-8")  # as long as before, and perhaps in the same moment
    assert read_yaml(file).data == {"a": 2}


def test_nodes_keep_the_words_as_written() -> None:
    root = parse_yaml("a: 007\nb: 'null'\nc:\n", "f")
    assert isinstance(root, Mapping)
    assert [(key.value, node.value, node.empty) for key, node in root.entries if isinstance(node, Scalar)] == [
        ("a", "007", False),
        ("b", "null", False),
        ("c", "", True),
    ]
    assert parse_yaml("# nic\n", "f") is None


def test_a_missing_file_and_a_folder_are_faults_too(tmp_path: Path) -> None:
    with pytest.raises(InvalidFiles, match="neexistuje"):
        read_bytes(tmp_path / "neni")
    with pytest.raises(InvalidFiles, match="nejde otevřít \\(je to složka\\)"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.EACCES, "chybí k tomu práva"), (errno.ENOSPC, "na disku není místo"), (errno.EIO, "chyba systému EIO")],
)
def test_what_the_system_answered_is_said_in_the_readers_language(number: int, said: str) -> None:
    assert reason_of(OSError(number, "English")) == said


def test_toml_has_the_places_of_tables_and_keys(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text('[ mail ]\na.b = """\nc = 1\n"""\n  d = 2\n', encoding="utf-8")
    document = read_toml(file)
    assert document.data == {"mail": {"a": {"b": "c = 1\n"}, "d": 2}}
    assert document.keys == {("mail",): (1, 3), ("mail", "a", "b"): (2, 1), ("mail", "d"): (5, 3)}
    assert document.values["mail", "d"] == (5, 7)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("b=1\n" + "a." * 400_000 + "a=1", 2, "vnořené"),
        ("x=1\n[" + '"a" . ' * 100_000 + "a]", 2, "vnořené"),
        ("a=" + "[" * 900_000, 1, "vnořené"),
        ("a=" + '{"a"=' * 9_000, 1, "vnořené"),
        ("".join(f"a{n}=1\n" for n in range(90_000)), 1, "údajů"),
        ("a = [\n[1" + " " * 900_000 + ", 2]]\nb = c", 3, "nejde rozumět"),
    ],
    ids=["dotted", "quoted", "brackets", "tables", "keys", "blanks"],
)
def test_toml_that_would_take_minutes_is_refused_at_once(tmp_path: Path, text: str, line: int, said: str) -> None:
    file = tmp_path / "f.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFiles) as error:
        read_toml(file)
    assert error.value.faults[0].line == line
    assert said in error.value.faults[0].message


@pytest.mark.parametrize(
    "unit",
    ["a: b\n", "? a\n", "- !x\n", "- *x\n", "a: &x b\n", "a\n---\n", "a,", "a: [a,\n", "%41", "!x\n!"],
)
def test_a_large_file_is_read_or_refused_in_a_moment(unit: str) -> None:
    for opening in ("", "a: [", "a: !"):
        text = (opening + unit * (LARGEST // len(unit)))[:LARGEST]
        started = time.process_time()
        try:
            parse_yaml(decode(text.encode(), "f"), "f")
        except InvalidFiles as error:
            assert len(error.faults) <= MOST_FAULTS + 1
        # Many times what it takes, and a small part of what the same file took without the caps.
        assert time.process_time() - started < 5


def test_the_nearest_word_may_differ_in_marks_and_case() -> None:
    known = ["tiskovy-mluvci", "koordinator", "září"]
    assert nearest("Tiskový-mluvčí", known) == "tiskovy-mluvci"
    assert nearest("zari", known) == "září"
    assert nearest("xyz", known) is None
    assert nearest("cokoli", []) is None


def test_the_nearest_of_very_many_words_is_found_soon() -> None:
    chance = random.Random(1)
    known = ["".join(chance.choices("abcdefghij", k=12)) for _ in range(5000)] + ["koordinator"]
    started = time.process_time()
    assert all(nearest(f"kordinator{'x' * 9_000 * (n % 2)}"[: 10 + n], known) for n in range(1, 3))
    assert time.process_time() - started < 2
