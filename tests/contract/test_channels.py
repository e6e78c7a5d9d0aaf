"""What every channel must keep; a new one is picked up by itself, and the one of `docs/adding-a-channel.md` as well."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from tests.contract.channel_worlds import WORLDS, World, example
from worker.channels import all_channels, email
from worker.channels.base import AnyChannel, Channel, ChannelError, Message, Options, OutcomeUnknown, Permanent, Receipt
from worker.kinds import all_kinds

AT = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
MESSAGE = Message(
    key="tiskova-zprava/2026-12/news-item/obrazovky", occurrence_id="tiskova-zprava/2026-12", kind="news-item",
    title="Kraj otevřel poradnu", text="Kraj otevřel poradnu.\n\nJe v Liberci.", html="",
    page="https://hlasatel.example.org/archiv/tiskova-zprava/2026-12", person="redakce-webu", begun_at=AT, since=AT,
    made_up=True, fields={"text": "Kraj otevřel poradnu."},
)  # fmt: skip
LONGEST_SENTENCE = 600


def the_example(folder: Path) -> AnyChannel:
    """The page's own channel, loaded from a file made of it as the page says."""
    file = folder / "folder.py"
    file.write_text(example(), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("channel_of_the_page", file)
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = [each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == module.__name__]
    (channel,) = [each for each in found if issubclass(each, Channel)]
    made: AnyChannel = channel()
    return made


@pytest.fixture(params=[*all_channels(), "folder"])
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> AnyChannel:
    return all_channels().get(request.param) or the_example(tmp_path)


@pytest.fixture
def world(channel: AnyChannel, tmp_path: Path) -> Iterator[World]:
    assert channel.id in WORLDS, f"give the channel {channel.id} a world to be tried in"
    folder = tmp_path / "world"
    folder.mkdir()
    made = WORLDS[channel.id](folder)
    yield made
    made.close()


def chosen(channel: AnyChannel, world: World) -> Options:
    return channel.options.model_validate(world.options)


def test_it_says_what_it_is_and_what_may_be_said_of_it(channel: AnyChannel) -> None:
    assert channel.id == channel.id.lower() and channel.id.isascii()
    assert type(channel).__doc__ and issubclass(channel.options, Options)
    assert channel.options is Options or channel.options.__doc__


def test_a_receipt_says_where_it_is_or_who_was_asked(channel: AnyChannel, world: World) -> None:
    options = chosen(channel, world)
    channel.refuse(MESSAGE, options)
    receipt = channel.send(MESSAGE, options)
    assert isinstance(receipt, Receipt)
    assert bool(receipt.asked) == channel.needs_person
    assert receipt.asked == (MESSAGE.person if channel.needs_person else "")
    assert receipt.asked or receipt.reference or receipt.address
    assert receipt.address.partition(":")[0] in ("http", "https", "file", "")
    assert world.arrived() in (None, 1)


def test_what_was_sent_is_found_or_left_to_a_person(channel: AnyChannel, world: World) -> None:
    options = chosen(channel, world)
    if world.arrived() is None:  # nothing to look at: a person looks, or a repeat does no harm
        try:
            assert channel.find(MESSAGE, options) is None
        except OutcomeUnknown as error:
            assert str(error)
        return
    assert channel.find(MESSAGE, options) is None
    sent = channel.send(MESSAGE, options)
    assert channel.find(MESSAGE, options) == sent
    assert world.arrived() == 1


def test_it_refuses_loudly_what_it_cannot_express(channel: AnyChannel, world: World) -> None:
    unfit, options = world.unfit(MESSAGE), chosen(channel, world)
    if unfit is None:
        return
    with pytest.raises(Permanent) as refused:
        channel.refuse(unfit, options)
    assert _is_a_sentence(str(refused.value))


def test_when_its_other_side_breaks_it_says_so_with_a_remedy(channel: AnyChannel, world: World) -> None:
    options, expected = chosen(channel, world), world.spoil()
    if expected is None:
        return
    with pytest.raises(ChannelError) as raised:
        channel.send(MESSAGE, options)
    assert type(raised.value) is expected
    assert _is_a_sentence(str(raised.value))


def _is_a_sentence(text: str) -> bool:
    return text[:1].isupper() and text.endswith(".") and len(text) < LONGEST_SENTENCE


def test_the_errors_of_mail_say_what_they_mean_and_have_one_root() -> None:
    errors = [
        value
        for value in vars(email).values()
        if inspect.isclass(value) and issubclass(value, Exception) and value.__module__.startswith("worker.")
    ]
    roots = [error for error in errors if error.__mro__[1] is Exception]
    assert len(roots) == 1
    assert len(errors) > 1, "an error that does not tell its remedy is none"
    assert all(error.__doc__ for error in errors)


def test_every_kind_leaves_by_a_channel_that_exists() -> None:
    assert {kind.channel for kind in all_kinds().values()} <= {"email", *all_channels()}
