"""The chart that stands in a mail: a small picture, and a remark instead of a wrong one."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image

from tests.unit.forms.sample import of
from worker.forms import FormFailed, NothingToMake, all_forms

CHART: dict[str, Any] = {
    "series": ["Splněno", "Plněno", "Částečně plněno", "Neplněno"],
    "note": "Stav k 31. prosinci 2023.",
    "bars": [{"label": "I", "values": [0, 2, 4, 3]}, {"label": "XIII", "values": [1, 1, 2, 0]}],
}


def made(**changed: object) -> bytes:
    return all_forms()["chart"].make(of(json.dumps({**CHART, **changed})))


def test_it_is_a_small_picture_and_the_same_every_time() -> None:
    data = made()
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        assert 900 < picture.width < 1300
        assert picture.getpixel((0, 0)) is not None and "Software" not in picture.info
    assert len(data) < 30_000
    assert made() == data


def test_nothing_of_it_is_cut_off_and_its_colours_are_those_meant() -> None:
    long = {"label": "Oblast s názvem na celý řádek", "values": [1, 2, 3, 4]}
    with Image.open(io.BytesIO(made(bars=[long], note="Zdroj, který se sem sotva vejde. " * 3))) as picture:
        drawn = picture.convert("RGB")
    sides = [(0, 0, drawn.width, 1), (0, drawn.height - 1, drawn.width, drawn.height)]
    sides += [(0, 0, 1, drawn.height), (drawn.width - 1, 0, drawn.width, drawn.height)]
    assert all(drawn.crop(side).getextrema() == ((255, 255),) * 3 for side in sides)
    colours = {colour for _, colour in drawn.getcolors(1000) or []}
    assert {(0x1F, 0x4E, 0x79), (0x6F, 0xA8, 0xDC), (0xF2, 0xC1, 0x4E), (0xA8, 0x32, 0x3E)} <= colours


def test_another_number_is_another_picture() -> None:
    other = [{"label": "I", "values": [0, 2, 4, 2]}, CHART["bars"][1]]
    assert made(bars=other) != made()


@pytest.mark.parametrize("bars", [[], [{"label": "I", "values": [0, 0, 0, 0]}]])
def test_without_numbers_there_is_none(bars: list[object]) -> None:
    with pytest.raises(NothingToMake):
        made(bars=bars)


@pytest.mark.parametrize(
    "changed",
    [
        {"bars": [{"label": "I", "values": [1, 2]}]},
        {"bars": [{"label": "I"}]},
        {"bars": [{"label": "I", "values": ["moc", 1, 1, 1]}]},
        {"series": list("abcde"), "bars": [{"label": "I", "values": [1] * 5}]},
    ],
)
def test_what_is_no_chart_is_a_remark(changed: dict[str, object]) -> None:
    with pytest.raises(FormFailed, match="Graf nevznikl"):
        made(**changed)
