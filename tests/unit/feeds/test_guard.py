"""Which addresses a feed may be read from, however they are written and whoever answers for a name."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.fixtures.feed_server import Reply, atom, feed_server, item
from tests.unit.feeds.asking import answer, trouble
from worker.outbound.guard import Guard

PUBLIC = Guard()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1", "172.31.255.1",
        "192.168.1.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001::1",
        "fe80::1%lo", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "5f00::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_let(address: str) -> None:
    assert not PUBLIC.lets(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_public_is_let(address: str) -> None:
    assert PUBLIC.lets(address)


def test_an_own_network_is_let_when_it_is_named() -> None:
    guard = Guard.letting(["10.20.0.0/16", "fd00:1::/64"])
    assert guard.lets("10.20.3.4") and guard.lets("::ffff:10.20.3.4") and guard.lets("fd00:1::5")
    assert not guard.lets("10.21.0.1") and not guard.lets("127.0.0.1")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "localhost", "[::1]", "0"]
)
def test_no_notation_reaches_this_machine(host: str) -> None:
    with feed_server() as server:
        server.replies["/f"] = Reply(atom(item(1)))
        told = trouble(server.url("/f", host), guard=PUBLIC)
        assert told.message_key in ("feeds.private_address", "feeds.unknown_host")
        assert server.asked == []


def test_a_redirect_into_the_internal_network_is_not_followed() -> None:
    with feed_server() as outside, feed_server() as inside:
        inside.replies["/tajne"] = Reply(atom(item(1)))
        # One loopback address is let, as a public one would be; the redirect leads to another.
        guard = Guard.letting(["127.0.0.1/32"])
        for location in (inside.url("/tajne", "127.0.0.2"), f"//0x7f.2:{inside.port}/tajne", "http://[::1]/"):
            outside.replies["/f"] = Reply(status=302, headers={"Location": location})
            assert trouble(outside.url("/f"), guard=guard).message_key == "feeds.private_address"
        assert inside.asked == []


def test_a_name_that_answers_differently_the_second_time_is_connected_to_where_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: a public address to whoever checks, the internal one to whoever connects."""
    given = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])
    known = socket.getaddrinfo

    def resolver(host: str, *arguments: Any, **options: Any) -> Any:
        return known(next(given) if host == "obec.example.org" else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with feed_server() as server:
        server.replies["/f"] = Reply(atom(item(1)))
        url, guard = server.url("/f", "obec.example.org"), Guard.letting(["127.0.0.1/32"])
        assert answer(url, guard=guard).body == atom(item(1))
        assert server.asked[0][1]["host"] == f"obec.example.org:{server.port}"
        assert trouble(url, guard=guard).message_key == "feeds.private_address"
        assert len(server.asked) == 1


def test_a_name_with_a_public_and_an_internal_address_leads_to_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    known = socket.getaddrinfo

    def resolver(host: str, *arguments: Any, **options: Any) -> Any:
        return [each for one in ("127.0.0.2", "127.0.0.1") for each in known(one, *arguments, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with feed_server() as server:
        server.replies["/f"] = Reply(atom(item(1)))
        assert answer(server.url("/f", "obec.example.org"), guard=Guard.letting(["127.0.0.1/32"])).body


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve the name itself, past the guard."""
    with feed_server() as server, feed_server() as proxy:
        server.replies["/f"] = Reply(atom(item(1)))
        monkeypatch.setenv("http_proxy", proxy.url(""))
        assert answer(server.url("/f")).body
        assert proxy.asked == []
