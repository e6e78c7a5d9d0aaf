"""The webhook: what is sent and signed, and which remedy each answer has. The receiver is the one of the docs."""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.fixtures.hook_server import SECRET, HookServer, hook_server
from tests.unit.drafting.sample import ROOT
from worker.channels.base import ChannelError, Message, Permanent, RetryLater, StopChannel
from worker.channels.webhook import Webhook, WebhookChannel

CHANNEL = WebhookChannel()


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as running:
        yield running


@pytest.fixture
def options(hook: HookServer, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    monkeypatch.setenv("HLASATEL_WEBHOOK_SECRET", SECRET)
    return Webhook(url=hook.url, internal=("127.0.0.0/8",))


def message() -> Message:
    return Message(
        key="a/2026-12/press-release/system", occurrence_id="a/2026-12", kind="press-release", title="Poradna",
        text="Kraj otevřel poradnu.", html="", page="https://x.example.org/archiv/a/2026-12", person="",
        begun_at=datetime.now(UTC), since=datetime.now(UTC),
    )  # fmt: skip


def receiver() -> Callable[..., bool]:
    """The five lines of `docs/webhook.md`."""
    page = (ROOT / "docs" / "webhook.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    known: dict[str, Any] = {"base64": base64, "hmac": hmac, "time": time}
    exec(code[1], known)
    received: Callable[..., bool] = known["received"]
    return received


def test_the_receiver_of_the_docs_takes_it_once_and_nothing_else(hook: HookServer, options: Webhook) -> None:
    receipt = CHANNEL.send(message(), options)
    ((headers, body),) = hook.got
    received, secret = receiver(), SECRET.encode()
    assert received(headers, body, secret, set())
    assert not received(headers, body, secret, {headers["webhook-id"]})
    assert not received(headers, body + b" ", secret, set())
    assert not received(headers, body, b"another secret of the same length", set())
    assert not received({**headers, "webhook-timestamp": "1700000000"}, body, secret, set())
    assert receipt.reference == headers["webhook-id"]
    said = json.loads(body)
    assert said["type"] == "text.approved" and said["data"]["text"] == "Kraj otevřel poradnu."
    assert said["id"] == headers["webhook-id"]


def test_every_try_has_the_same_id_and_a_time_of_its_own(hook: HookServer, options: Webhook) -> None:
    CHANNEL.send(message(), options)
    CHANNEL.send(replace(message(), begun_at=datetime.now(UTC) + timedelta(hours=1)), options)
    first, second = (headers for headers, _ in hook.got)
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert receiver()(first, hook.got[0][1], SECRET.encode(), set())


def test_where_the_receiver_says_it_is_is_kept(hook: HookServer, options: Webhook) -> None:
    hook.answers = [(201, {"Location": "https://is.example.org/novinky/1"}), (201, {"Location": "javascript:alert(1)"})]
    assert CHANNEL.send(message(), options).address == "https://is.example.org/novinky/1"
    assert CHANNEL.send(message(), options).address == ""


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        *[((status, {}), StopChannel) for status in (401, 403, 404, 410)],
        *[((status, {}), RetryLater) for status in (0, 408, 425, 429, 500, 503)],
        *[((status, {"Location": "http://10.0.0.1/"}), Permanent) for status in (302, 400, 422)],
    ],
)
def test_each_answer_has_its_remedy(
    hook: HookServer, options: Webhook, answer: tuple[int, dict[str, str]], remedy: type[ChannelError]
) -> None:
    hook.answers = [answer]
    with pytest.raises(ChannelError) as raised:
        CHANNEL.send(message(), options)
    assert type(raised.value) is remedy and str(raised.value).endswith(".")
    assert len(hook.got) == 1 and SECRET not in str(raised.value)


def test_it_waits_as_long_as_it_is_asked_to(hook: HookServer, options: Webhook) -> None:
    hook.answers = [(429, {"Retry-After": "120"})]
    with pytest.raises(RetryLater) as raised:
        CHANNEL.send(message(), options)
    assert raised.value.after == timedelta(minutes=2)


def test_the_offices_own_network_is_reached_only_when_it_is_named(hook: HookServer, options: Webhook) -> None:
    with pytest.raises(RetryLater):
        CHANNEL.send(message(), options.model_copy(update={"internal": ()}))
    assert hook.got == []


NEW = "a-new-secret-of-the-tests-0123"


def test_while_the_secret_is_exchanged_either_side_may_be_first(
    hook: HookServer, options: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    monkeypatch.setenv("HLASATEL_WEBHOOK_SECRET_FILE", str(file))
    for known in (f"{NEW}\n{SECRET}\n", f"{NEW}\n"):
        file.write_text(known, encoding="utf-8")
        CHANNEL.send(message(), options)
    taken = [[receiver()(*got, secret.encode(), set()) for secret in (SECRET, NEW)] for got in hook.got]
    assert taken == [[True, True], [False, True]]


def test_a_secret_in_base64_signs_as_the_specifications_libraries_check(
    hook: HookServer, options: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = base64.b64encode(bytes(range(24))).decode()
    monkeypatch.setenv("HLASATEL_WEBHOOK_SECRET", f"whsec_{key}")
    CHANNEL.send(message(), options)
    ((headers, body),) = hook.got
    assert receiver()(headers, body, base64.b64decode(key), set())


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "short",
        "whsec_not/base64!not/base64!not",
        "whsec_ěščřžýáíéúůňťďó",
        f"{SECRET} short",
        " ".join([SECRET] * 4),
    ],
)
def test_without_a_secret_that_can_be_used_nothing_is_sent(
    hook: HookServer, options: Webhook, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("HLASATEL_WEBHOOK_SECRET", secret)
    with pytest.raises(StopChannel, match="HLASATEL_WEBHOOK_SECRET") as raised:
        CHANNEL.send(message(), options)
    assert hook.got == []
    assert not secret or secret not in str(raised.value)


@pytest.mark.parametrize("internal", [(), ("10.0.0.0/8",)])
def test_a_server_inside_is_reached_where_its_network_is_named_alone(
    hook: HookServer, options: Webhook, internal: tuple[str, ...]
) -> None:
    with pytest.raises(RetryLater):
        CHANNEL.send(message(), options.model_copy(update={"internal": internal}))
    assert hook.got == []


def test_a_redirect_to_a_private_network_is_not_followed(hook: HookServer, options: Webhook) -> None:
    elsewhere = hook.url.replace("/hlasatel", "/elsewhere")
    hook.answers = [(307, {"Location": elsewhere})]
    with pytest.raises(Permanent, match="307"):
        CHANNEL.send(message(), options)
    assert len(hook.got) == 1


def test_what_is_no_network_is_a_fault_of_the_file(options: Webhook) -> None:
    with pytest.raises(ValidationError, match=r"10\.20\.0\.1/16"):
        Webhook(url=options.url, internal=("10.20.0.1/16",))


def test_neither_secret_nor_signature_is_logged_or_told(
    hook: HookServer, options: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.answers = [(500, {}), (0, {}), (401, {})]
    errors = []
    with caplog.at_level("DEBUG"):
        for _ in range(3):
            with pytest.raises(ChannelError) as raised:
                CHANNEL.send(message(), options)
            errors.append("".join(traceback.format_exception(raised.value)))
    signatures = [headers["webhook-signature"] for headers, _ in hook.got]
    for hidden in (SECRET, *signatures):
        assert hidden not in caplog.text and hidden not in "".join(errors)


def test_a_2xx_ends_it_whatever_becomes_of_its_body(hook: HookServer, options: Webhook) -> None:
    hook.answers = [(200, {"Content-Length": "9"})]  # and then nothing comes
    assert CHANNEL.send(message(), options).reference == hook.got[0][0]["webhook-id"]
