"""The list of what we are made of: whole, by the locks, and seen to be none where it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tools.sbom import as_json, faults, licences, locked, made


@pytest.fixture(scope="module")
def text() -> str:
    return as_json(made())


def test_it_is_valid_whole_and_the_same_each_time(text: str) -> None:
    assert faults(text) == []
    assert as_json(made()) == text
    whole = json.loads(text)
    assert {(each["name"], each["version"]) for each in whole["components"]} == {
        (each.name, each.version) for each in locked()
    }
    assert whole["metadata"]["component"]["licenses"] == [{"license": {"id": "EUPL-1.2"}}]
    assert {each["scope"] for each in whole["components"]} == {"required", "excluded"}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda whole: whole["components"].pop(), "is not listed with the hashes of the lock"),
        (lambda whole: whole["components"][0]["hashes"].pop(), "is not listed with the hashes of the lock"),
        (lambda whole: whole["components"][0].pop("licenses"), "has no licence"),
        (lambda whole: whole["components"][0].update({"bom-ref": whole["components"][1]["bom-ref"]}), "no CycloneDX"),
    ],
)
def test_what_is_wrong_with_it_is_told(text: str, spoil: Any, told: str) -> None:
    whole = json.loads(text)
    spoil(whole)
    assert any(told in each for each in faults(json.dumps(whole)))


def test_an_unknown_package_has_no_licence_of_ours() -> None:
    assert licences("nothing-that-is-installed") == []
