"""The file of partners' feeds: what may be written, and the fault for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import InvalidFiles
from worker.settings import check_config_folder, load_feeds

CONFIG = Path(__file__).parents[2] / "config"
ONE = "obec:\n  name: Obec\n  url: https://www.obec.example.org/aktuality.atom\n"


def written(folder: Path, text: str) -> Path:
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_feeds_are_those_of_the_citys_plan_and_four_without_an_address() -> None:
    found = load_feeds(CONFIG)
    addresses = {feed.url for feed in found.values() if feed.url is not None}
    assert addresses == {
        f"http://www.liberec.cz/rss/{name}.atom"
        for name in ("aktuality", "uredni_deska", "tiskove_zpravy", "vyhlasky_a_narizeni", "zpravodaj")
    }, "001:317-322"
    unknown = [feed for feed in found.values() if feed.url is None]
    assert [feed.id for feed in unknown] == ["asz", "mpsv", "msmt", "urad-vlady"]
    assert all(feed.note for feed in unknown), "each says why"


@pytest.mark.parametrize("text", [None, "", "# nic\n"])
def test_there_may_be_no_feeds(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        written(tmp_path, text)
    assert load_feeds(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        (ONE.replace("https://", "file:///"), "3:8", "není adresa"),
        (ONE.replace("https://", "https://jmeno@"), "3:8", "není adresa"),
        (ONE.replace("https://", "javascript:"), "3:8", "není adresa"),
        (ONE.replace("example.org/", "example.org:0/"), "3:8", "není adresa"),
        (ONE.replace("url:", "adresa:"), "3:3", "adresa"),
        ("obec:\n  name: Obec\n  url:\n", "1:1", "nemá adresu"),
        (ONE + ONE.replace("obec:", "druha:", 1), "6:8", "kanál „obec“"),
        (ONE + "  words: [ab]\n", "4:11", "příliš krátké"),
    ],
)
def test_a_fault_has_its_place_and_is_among_those_of_the_folder(
    tmp_path: Path, text: str, place: str, says: str
) -> None:
    written(tmp_path, text)
    with pytest.raises(InvalidFiles) as refused:
        load_feeds(tmp_path)
    told = [str(fault).removeprefix(f"{tmp_path}/feeds.yaml:") for fault in refused.value.faults]
    assert any(each.startswith(f"{place}: ") and says in each for each in told), told
    assert set(refused.value.faults) <= set(check_config_folder(tmp_path))


def test_there_are_no_more_than_somebody_can_watch(tmp_path: Path) -> None:
    many = "".join(ONE.replace("obec", f"obec-{number}") for number in range(101))
    with pytest.raises(InvalidFiles) as refused:
        load_feeds(written(tmp_path, many))
    assert "nejvýše 100" in str(refused.value)
