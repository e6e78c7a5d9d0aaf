"""What `channels.yaml` may say of a medium is its channel's to say, a list among it."""

from __future__ import annotations

from pathlib import Path

from worker.drafting.places import options_of, unusable
from worker.positions import read_yaml
from worker.settings import load_media

FILE = """\
system:
  name: Systém úřadu
  channel: webhook
  takes: [press-release]
  ours: ukázka
  options: {url: "https://system.example.org/hlasatel", internal: [10.0.0.0/8, "%s"]}
"""
PAGE = """\
stranka:
  name: Stránka kraje
  channel: facebook
  takes: [facebook-text, facebook-serial, press-release]
  ours: ukázka
  options: {page: "145689372254976"}
"""


def test_an_option_may_be_a_list(tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").write_text(FILE % "192.168.0.0/16", encoding="utf-8")
    medium = load_media(tmp_path)["system"]
    assert options_of(medium).model_dump()["internal"] == ("10.0.0.0/8", "192.168.0.0/16")


def test_what_is_wrong_in_it_is_told_by_its_channel(tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").write_text(FILE % "vnitřní", encoding="utf-8")
    media = load_media(tmp_path)
    (fault,) = unusable(media, read_yaml(tmp_path / "channels.yaml"))
    assert fault.line == 6 and "vnitřní" in fault.message


def test_a_page_takes_what_is_posted_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").write_text(PAGE, encoding="utf-8")
    (fault,) = unusable(load_media(tmp_path), read_yaml(tmp_path / "channels.yaml"))
    assert fault.line == 4 and "press-release" in fault.message and "facebook-serial" in fault.message
