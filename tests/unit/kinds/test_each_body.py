"""Kinds for a single body: which ids there are, what they are called, and that a plan may name them."""

from __future__ import annotations

import pytest

from worker.kinds import all_kinds, find, kind_name, main_id, plannable

OWN = "press-release--asz"


def test_one_for_a_single_body_is_as_the_common_one() -> None:
    own, common = find(OWN), all_kinds()["press-release"]
    assert own is not None and (own.id, own.body, own.templates) == (OWN, "asz", common.templates)
    assert (own.fields, own.max_lateness, own.public) == (common.fields, common.max_lateness, common.public)
    assert (main_id(OWN), main_id("newsletter")) == ("press-release", "newsletter")
    assert OWN not in all_kinds() and find("press-release") is common


@pytest.mark.parametrize("kind_id", ["newsletter--asz", "press-release--", "--asz", "leaflet", ""])
def test_there_is_none_of_other_kinds_or_of_nobody(kind_id: str) -> None:
    assert find(kind_id) is None and kind_name(kind_id) == kind_id


def test_it_is_called_by_its_body() -> None:
    assert kind_name(OWN) == "Tisková zpráva zvlášť (asz)"
    assert kind_name(OWN, "Agentura") == "Tisková zpráva zvlášť (Agentura)"


def test_a_plan_may_name_one_of_everybody_there_is() -> None:
    assert plannable(["asz"]) == {*all_kinds(), OWN}
