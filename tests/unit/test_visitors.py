"""Who a visitor is and which name was asked for, whatever the headers claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.store.sample import CONFIG, ROOT
from worker.settings import WebSettings, load_settings
from worker.settings.watch import Metrics
from worker.web.guesses import Guesses
from worker.web.hosts import asked_host, in_origin_form, known_hosts, own_numbers
from worker.web.metrics import may_read
from worker.web.whence import address_of

RULES = WebSettings(proxies=("10.0.0.5", "10.1.0.0/16", "2001:db8::/64"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("198.51.100.7", (), "198.51.100.7"),
        ("198.51.100.7", ("203.0.113.9",), "198.51.100.7"),
        ("10.0.0.5", (), "10.0.0.5"),
        ("10.0.0.5", ("203.0.113.9",), "203.0.113.9"),
        ("::ffff:10.0.0.5", ("203.0.113.9",), "203.0.113.9"),
        ("10.0.0.5", ("192.0.2.66, 203.0.113.9",), "203.0.113.9"),
        ("10.0.0.5", ("192.0.2.66", "203.0.113.9"), "203.0.113.9"),
        ("10.0.0.5", ("203.0.113.9, 10.1.2.3",), "203.0.113.9"),
        ("10.0.0.5", ("10.1.2.3, 10.1.2.4",), "10.1.2.3"),
        ("10.0.0.5", ("203.0.113.9, <script>",), "10.0.0.5"),
        ("2001:db8::7", ("2a00:1::1",), "2a00:1::1"),
        ("", ("203.0.113.9",), ""),
    ],
)
def test_forwarded_addresses_count_from_our_proxies_alone(peer: str, forwarded: Sequence[str], visitor: str) -> None:
    assert address_of(peer, forwarded, RULES) == visitor


@pytest.mark.parametrize(
    ("base_url", "hosts", "answered", "refused"),
    [
        ("https://h.urad.cz", (), ("h.urad.cz", "h.urad.cz:443"), ("h.urad.cz:80", "urad.cz", "x.h.urad.cz")),
        ("http://127.0.0.1:8080", (), ("127.0.0.1:8080",), ("127.0.0.1", "localhost:8080", "")),
        ("https://Urad.cz/hlasatel", ("Intranet:8080",), ("urad.cz", "intranet:8080"), ("intranet",)),
        ("http://[::1]", (), ("[::1]", "[::1]:80"), ("[::1]:8080",)),
    ],
)  # fmt: skip
def test_the_names_that_are_answered(
    base_url: str, hosts: tuple[str, ...], answered: Sequence[str], refused: Sequence[str]
) -> None:
    settings = load_settings({"HLASATEL_BASE_URL": base_url}, plan=ROOT / "schedules.yaml", config=CONFIG)
    known = known_hosts(settings.__class__(**{**settings.__dict__, "web": WebSettings(hosts=hosts)}))
    assert set(answered) <= known
    assert not set(refused) & known


@pytest.mark.parametrize(
    ("server", "numbers"),
    [
        (("127.0.0.1", 8080), {"127.0.0.1:8080", "localhost:8080"}),
        (("::1", 8080), {"[::1]:8080", "localhost:8080"}),
        (("10.0.0.7", 80), {"10.0.0.7:80"}),
        (("/run/hlasatel.sock", None), set()),
        (None, set()),
    ],
)
def test_the_socket_itself_may_be_named_by_its_number(server: tuple[str, int | None] | None, numbers: set[str]) -> None:
    assert own_numbers({"type": "http", "server": server}) == numbers


@pytest.mark.parametrize(
    ("hosts", "asked"),
    [
        (["Urad.CZ"], "urad.cz"),
        ([], ""),
        (["urad.cz", "zlo.example.net"], ""),
        (["zlo.example.net"], "zlo.example.net"),
    ],
)
def test_a_request_names_one_host_or_none(hosts: list[str], asked: str) -> None:
    headers = [(b"host", each.encode()) for each in hosts]
    assert asked_host({"type": "http", "headers": [*headers, (b"x-forwarded-host", b"urad.cz")]}) == asked


def test_the_target_of_a_request_names_the_host_when_it_is_absolute() -> None:
    request = {"type": "http", "path": "HTTP://zlo.example.net/schvaleni/x", "headers": [(b"host", b"urad.cz")]}
    found = in_origin_form(request)
    assert (asked_host(found), found["path"]) == ("zlo.example.net", "/schvaleni/x")
    assert in_origin_form({"type": "http", "path": "https://urad.cz", "headers": []})["path"] == "/"


def test_guesses_are_counted_per_visitor_and_by_the_network_in_ipv6() -> None:
    guesses = Guesses(most=3)
    assert [guesses.too_many("192.0.2.1") for _ in range(4)] == [False, False, False, True]
    assert not guesses.too_many("192.0.2.2")
    assert [guesses.too_many(f"2001:db8::{each}") for each in range(4)] == [False, False, False, True]
    assert not guesses.too_many("2001:db8:0:1::1")


@pytest.mark.parametrize(
    ("address", "proxies", "networks", "may"),
    [
        ("127.0.0.1", (), (), True),
        ("::1", (), (), True),
        ("::ffff:127.0.0.1", (), (), True),
        ("127.0.0.1", ("127.0.0.1",), (), False),
        ("127.0.0.1", ("127.0.0.1",), ("127.0.0.1",), True),
        ("10.20.0.7", (), (), False),
        ("10.20.0.7", (), ("10.20.0.0/16",), True),
        ("::ffff:10.20.0.7", (), ("10.20.0.0/16",), True),
        ("10.21.0.7", (), ("10.20.0.0/16", "2001:db8::/64"), False),
        ("", (), ("0.0.0.0/0",), False),
        ("unix:", (), ("::/0",), False),
    ],
)
def test_the_numbers_are_shown_to_this_machine_and_to_networks_that_are_named(
    address: str, proxies: tuple[str, ...], networks: tuple[str, ...], may: bool
) -> None:
    settings = load_settings({}, plan=ROOT / "schedules.yaml", config=CONFIG)
    told = replace(settings, web=WebSettings(proxies=proxies), metrics=Metrics(networks=networks))
    assert may_read(address, told) is may
