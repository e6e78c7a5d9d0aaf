"""Where a row's texts go beside the lists: the keys `channels`, `channels_left_out` and `stezejni`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from worker.errors import InvalidFiles
from worker.plan.model import Activity, Vocabulary
from worker.plan.reading.load import parse_plan

MEDIA = {"web": frozenset({"news-item"}), "stranka": frozenset({"facebook-text"}), "plakaty": frozenset({"poster"})}
PLAN = """\
plan:
  title: Plán
  from: 2026-01-01
  to: 2026-12-31
activities:
  - id: zprava
    when: prosinec 2026
    activity: Zpráva
    periodicity: 1x
    place: řádek 1
    kinds: [news-item, facebook-text]
    approvers: [tiskovy-mluvci]
    in_charge: koordinator
"""
ANY = Vocabulary(None, None, None, media=MEDIA)


def read(more: str, known: Vocabulary = ANY) -> Activity:
    lines = "".join(f"    {line}\n" for line in more.splitlines())
    return parse_plan((PLAN + lines).encode(), "schedules.yaml", known).activities[0]


def refused(more: str) -> list[str]:
    with pytest.raises(InvalidFiles) as raised:
        read(more)
    return [str(fault) for fault in raised.value.faults]


def test_without_a_word_the_texts_go_wherever_they_are_taken() -> None:
    assert (read("").channels, read("").channels_left_out, read("").stezejni) == (None, {}, False)


def test_a_row_may_name_its_channels_and_leave_others_out_with_a_reason() -> None:
    found = read("channels: [web]\nchannels_left_out: {plakaty: 'tiskne se v lednu'}")
    assert (found.channels, found.channels_left_out) == (("web",), {"plakaty": "tiskne se v lednu"})
    assert read("channels: []").channels == ()


def test_a_medium_for_named_texts_alone_is_listed_when_it_is_named() -> None:
    known = replace(ANY, only_named=frozenset({"web"}))
    with pytest.raises(InvalidFiles, match="Chybí: web\\."):
        read("stezejni: true\nchannels_left_out: {plakaty: nejsou peníze}", known)
    named = "stezejni: true\nchannels: [web, stranka]\nchannels_left_out: {plakaty: nejsou peníze}"
    assert read(named, known).channels == ("web", "stranka")


def test_a_key_message_lists_every_channel_or_says_why_not() -> None:
    assert read("stezejni: true\nchannels_left_out: {plakaty: není peněz na tisk}").stezejni
    (missing,) = refused("stezejni: true")
    assert missing.startswith("schedules.yaml:14:15: ") and "Chybí: plakaty." in missing
    (both,) = refused("stezejni: true\nchannels: [web]\nchannels_left_out: {plakaty: není peněz}")
    assert "Chybí: stranka." in both


@pytest.mark.parametrize(
    ("more", "place", "words"),
    [
        ("channels: [wep]", "14:16", "Kanál „wep“ není v channels.yaml. Mysleli jste „web“?"),
        ("channels: [plakaty]", "14:15", "„plakaty“ bere jen tyto druhy: poster."),
        ("channels_left_out: {wep: nejde to}", "14:25", "Kanál „wep“ není v channels.yaml. Mysleli jste „web“?"),
        ("channels_left_out: {web: ''}", "14:25", "Napište, proč se „web“ vynechává"),
        ("channels: [web]\nchannels_left_out: {web: nejde to}", "15:24", "je uveden v „channels“ i mezi vynechanými"),
        ("stezejni: snad", "14:15", "true (ano), nebo false (ne)"),
    ],
)
def test_what_cannot_be_meant_is_told_where_it_stands(more: str, place: str, words: str) -> None:
    (fault,) = refused(more)
    assert fault.startswith(f"schedules.yaml:{place}: ") and words in fault


def test_while_the_channels_are_not_known_every_one_is_taken() -> None:
    assert read("channels: [cokoli]\nstezejni: true", replace(ANY, media=None)).channels == ("cokoli",)
