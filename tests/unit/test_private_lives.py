"""No list says why somebody is on it, and none that the public joins goes without words for the public."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import InvalidFiles
from worker.settings import legal_doubts, load_lists
from worker.settings.private_lives import told_of_members
from worker.store.tables import joinings, memberships, recipient_topics, recipients, subscriptions

ROOT = Path(__file__).parents[2]
BASE = "a:\n  name: Zprávy\n  description: d\n  owner: o\n  ours: o\n"
CONSENT = "  legal_basis: souhlas – čl. 6 odst. 1 písm. a) GDPR\n"
TASK = "  legal_basis: úkol ve veřejném zájmu\n"
WORDS = "  public:\n    name: Zprávy\n    description: Co se děje.\n"


def refused(folder: Path, text: str) -> str:
    (folder / "lists.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFiles) as found:
        load_lists(folder)
    [fault] = found.value.faults
    return fault.message


@pytest.mark.parametrize("folder", ["config", *(f"examples/{name.name}/config" for name in ROOT.glob("examples/*"))])
def test_the_shipped_lists_keep_to_it(folder: str) -> None:
    lists = load_lists(ROOT / folder)
    assert all(each.public for each in lists.values() if each.is_open)
    assert all(not each.topics for each in lists.values() if not each.is_open)


def test_a_list_is_by_invitation_unless_it_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "lists.yaml").write_text(BASE + TASK, encoding="utf-8")
    [found] = load_lists(tmp_path).values()
    assert (found.is_open, found.topics, found.of_private_people) == (False, False, False)


def test_an_open_list_has_words_for_the_public(tmp_path: Path) -> None:
    assert "potřebuje „public“" in refused(tmp_path, BASE + CONSENT + "  join: open\n")
    (tmp_path / "lists.yaml").write_text(BASE + CONSENT + "  join: open\n  topics: true\n" + WORDS, encoding="utf-8")
    [found] = load_lists(tmp_path).values()
    assert found.is_open and found.topics and found.public is not None and found.public.description == "Co se děje."


def test_who_is_invited_chooses_no_topics(tmp_path: Path) -> None:
    assert "témata si vybírá, kdo se přihlásí sám" in refused(tmp_path, BASE + TASK + "  topics: true\n")


def test_join_is_one_of_two_words(tmp_path: Path) -> None:
    assert "„join“ nemůže být „anybody“" in refused(tmp_path, BASE + TASK + "  join: anybody\n")


@pytest.mark.parametrize("basis", ["oprávněný zájem", "čl. 6 odst. 1 písm. f) GDPR", "legitimate interest"])
def test_a_legitimate_interest_is_doubted_and_left_to_the_officer(tmp_path: Path, basis: str) -> None:
    (tmp_path / "lists.yaml").write_text(f"{BASE}  legal_basis: {basis}\n", encoding="utf-8")
    (doubt,) = legal_doubts(load_lists(tmp_path).values())
    assert "opřít nemůže" in doubt and "poradí pověřenec" in doubt
    (tmp_path / "lists.yaml").write_text(BASE + TASK, encoding="utf-8")
    assert legal_doubts(load_lists(tmp_path).values()) == []


@pytest.mark.parametrize(
    "name", ["Romové v kraji", "Osoby ohrožené chudobou", "Handicapovaní", "Uživatelé služeb", "Zadlužení občané"]
)
def test_a_list_of_private_people_is_not_named_by_their_lives(tmp_path: Path, name: str) -> None:
    text = BASE.replace("name: Zprávy", f"name: {name}")
    message = refused(tmp_path, text + CONSENT)
    assert "patří ke zranitelné skupině" in message
    (tmp_path / "lists.yaml").write_text(text + TASK, encoding="utf-8")
    assert load_lists(tmp_path), "a commission may have such words in its name"


def test_the_id_and_the_public_words_are_looked_at_as_well(tmp_path: Path) -> None:
    assert "„dluznici“" in refused(tmp_path, BASE.replace("a:\n", "dluznici:\n", 1) + CONSENT)
    topics = "  join: open\n  topics: true\n"
    assert "„pacienti“" in refused(tmp_path, BASE + CONSENT + topics + WORDS.replace("Co se", "Pro pacienti co se"))


def test_words_for_help_are_no_words_for_people() -> None:
    plain = ("Občané", "Newsletter o sociálním začleňování", "Sociální vyloučení v kraji", "Nemocnice", "Román",
             "Kam se obrátit o pomoc s dluhy", "Závislosti a prevence", "Zprávy o zdraví a bydlení")  # fmt: skip
    assert told_of_members(*plain) == ""
    assert told_of_members("Klub", "pro cizince a menšiny") == "cizince"


def test_nothing_is_kept_of_a_person_but_this() -> None:
    """Another column about a person must be argued for here: none may tell of her origin, health or hardship."""
    assert {column.name for column in recipients.columns} == {
        "id", "address", "name", "greeting", "created_at", "kind", "language", "paused_until", "suppressed",
        "soft_bounces", "soft_bounced_at",
    }  # fmt: skip
    assert {column.name for column in memberships.columns} == {"list_id", "recipient_id", "since"}
    assert {column.name for column in recipient_topics.columns} == {"recipient_id", "topic"}
    assert {column.name for column in joinings.columns} == {
        "id", "address", "lists", "topics", "language", "text_version", "asked_at", "confirmed_at", "ends_at",
    }  # fmt: skip
    assert {column.name for column in subscriptions.columns} == {
        "id", "recipient_id", "list_id", "text_version", "asked_at", "confirmed_at", "withdrawn_at",
    }  # fmt: skip
