"""`topics:` of a row: known ones alone, said back, and offered by the schema in the words of `worker/topics.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

from tests.unit.plan.conftest import HEAD, ROW
from worker.errors import Fault
from worker.plan.explain import explain_plan
from worker.plan.model import Plan
from worker.plan.names import Names
from worker.plan.reading.file import Topic
from worker.topics import TOPICS, topic_name

TEXT = HEAD + ROW.format(id="zprava", when="prosinec 2026", periodicity="1x")


def test_a_row_is_for_all_unless_it_names_topics(read: Callable[[str], Plan]) -> None:
    assert read(TEXT).activity("zprava").topics == ()
    plan = read(f"{TEXT}    topics: [dluhy, bydleni]\n")
    assert plan.activity("zprava").topics == ("dluhy", "bydleni")
    [told] = explain_plan(plan, datetime(2026, 11, 22, tzinfo=UTC), Names())
    assert "Adresátům, kteří si vybrali témata, se pošle, jen když je mezi nimi: dluhy, bydlení." in told.sentences


def test_an_unknown_topic_is_a_fault_with_what_was_meant(faults: Callable[[str], list[Fault]]) -> None:
    [fault] = faults(f"{TEXT}    topics: [bydlení]\n")
    assert fault.message.startswith("Téma „bydlení“ adresáti na výběr nemají.")
    assert "„bydleni“" in fault.message


def test_goals_are_the_documents_own_words(read: Callable[[str], Plan]) -> None:
    plan = read(f"{TEXT}    goals: [Osvěta a  zapojování občanů., Propagace, Propagace]\n")
    assert plan.activity("zprava").goals == ("Osvěta a zapojování občanů", "Propagace")
    [told] = explain_plan(plan, datetime(2026, 11, 22, tzinfo=UTC), Names())
    assert "Dílčí cíle: Osvěta a zapojování občanů; Propagace." in told.sentences
    assert read(f"{TEXT}    goals: Propagace\n").activity("zprava").goals == ("Propagace",)


def test_the_schema_offers_the_topics_there_are() -> None:
    assert get_args(Topic) == TOPICS
    assert [topic_name(each) for each in (*TOPICS, "zrusene")] == [
        "bydlení", "dluhy", "vzdělávání", "sociální služby", "bezpečnost", "zdraví", "zrusene",
    ]  # fmt: skip
