"""SPF as a receiver evaluates it (RFC 7208), against a name server on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures.name_server import NameServer, name_server, text
from worker.upkeep.outgoing.names import Names, Unanswered
from worker.upkeep.outgoing.spf import Result, Verdict, verdict

OURS, SIXTH, OTHER = "192.0.2.10", "2001:db8::10", "203.0.113.5"

HOSTS: dict[str, dict[str, list[str]]] = {
    "posta.example.org": {"A": [OURS], "AAAA": [SIXTH]},
    "urad.example.org": {"MX": ["20 jina.example.org.", "10 posta.example.org."], "A": ["192.0.2.80"]},
    "jina.example.org": {"A": [OTHER]},
    "hodne.example.org": {"MX": [f"10 m{number}.example.org." for number in range(11)]},
    "10.2.0.192.in-addr.arpa": {"PTR": ["posta.example.org."]},
    "192.0.2.10.spf.example.org": {"A": ["127.0.0.2"]},
    "10.2.0.192.in-addr.urad.example.org": {"A": ["127.0.0.2"]},
}


def published(**records: str) -> dict[str, dict[str, list[str]]]:
    """The hosts above and SPF records; `_` of a name is a full stop, `urad` is the domain that sends."""
    found = {name: dict(values) for name, values in HOSTS.items()}
    for name, record in records.items():
        found.setdefault(f"{name.replace('_', '.')}.example.org", {})["TXT"] = [text(record)]
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    with name_server(HOSTS) as running:
        yield running


def asked(server: NameServer, address: str = OURS, sender: str = "tisk@urad.example.org", **records: str) -> Verdict:
    server.records = published(**records)
    return verdict(Names([server.address], patience=0.5), sender, address)


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:192.0.2.10 -all", Result.PASS),
        ("v=spf1 ip4:192.0.2.0/24 -all", Result.PASS),
        ("v=spf1 ip4:192.0.2.11 -all", Result.FAIL),
        ("V=SPF1 IP4:192.0.2.10 -ALL", Result.PASS),
        ("v=spf1 ip4:203.0.113.0/24 ~all", Result.SOFTFAIL),
        ("v=spf1 ?all", Result.NEUTRAL),
        ("v=spf1", Result.NEUTRAL),
        ("v=spf1 +all", Result.PASS),
        ("v=spf1 -ip4:192.0.2.10 +all", Result.FAIL),
        ("v=spf1 mx -all", Result.PASS),
        ("v=spf1 mx:urad.example.org -all", Result.PASS),
        ("v=spf1 a -all", Result.FAIL),
        ("v=spf1 a/24 -all", Result.PASS),
        ("v=spf1 a:posta.example.org -all", Result.PASS),
        ("v=spf1 a:jina.example.org/8 -all", Result.FAIL),
        ("v=spf1 ptr -all", Result.FAIL),
        ("v=spf1 ptr:example.org -all", Result.PASS),
        ("v=spf1 exists:%{i}.spf.example.org -all", Result.PASS),
        ("v=spf1 exists:%{ir}.%{v}.%{d} -all", Result.PASS),
        ("v=spf1 exists:%{l}.%{o} -all", Result.FAIL),
        ("v=spf1 a:%{d1r}.example.org -all", Result.FAIL),
        ("v=spf1 exp=vysvetleni.example.org ip4:192.0.2.10 -all", Result.PASS),
        ("v=spf1 neznamy=1 ip4:192.0.2.10 -all", Result.PASS),
        ("v=spf2 ip4:192.0.2.10", Result.NONE),
        ("v=spf10 ip4:192.0.2.10", Result.NONE),
    ],
)
def test_a_record_is_read_from_left_to_right(server: NameServer, record: str, result: Result) -> None:
    assert asked(server, urad=record) == Verdict(result)


@pytest.mark.parametrize(
    ("record", "part"),
    [
        ("v=spf1 ip4:192.0.2.300 -all", "ip4:192.0.2.300"),
        ("v=spf1 ipv4:192.0.2.10 -all", "ipv4:192.0.2.10"),
        ("v=spf1 ip4 -all", "ip4"),
        ("v=spf1 include:nic.example.org -all", "include:nic.example.org"),
        ("v=spf1 redirect=nic.example.org", "redirect=nic.example.org"),
        ("v=spf1 a/33 -all", "a/33"),
        ("v=spf1 mx:hodne.example.org -all", "mx:hodne.example.org"),
        ("v=spf1 a:%{x}.example.org -all", "%{x}.example.org"),
        ("v=spf1 a:%.example.org -all", "%.example.org"),
        ("v=spf1 ;ip4:192.0.2.10", ";ip4:192.0.2.10"),
        ("v=spf1 a:x1.example.org a:x2.example.org a:x3.example.org -all", "a:x3.example.org"),
        ("v=spf1 include:urad.example.org -all", "include:urad.example.org"),
    ],
)
def test_what_no_receiver_can_evaluate_is_named(server: NameServer, record: str, part: str) -> None:
    assert asked(server, urad=record) == Verdict(Result.PERMERROR, part)


def test_other_records_of_the_name_do_not_matter_but_a_second_one_of_spf_does(server: NameServer) -> None:
    server.records = {"urad.example.org": {"TXT": ['"google-site-verification=x"', '"v=spf1 " "ip4:192.0.2.10 -all"']}}
    assert verdict(Names([server.address]), "a@urad.example.org", OURS) == Verdict(Result.PASS)
    server.records = {"urad.example.org": {"TXT": ['"v=spf1 -all"', '"v=spf1 ip4:192.0.2.10 -all"']}}
    assert verdict(Names([server.address]), "a@urad.example.org", OURS).result is Result.PERMERROR


def test_included_records_let_pass_and_never_forbid(server: NameServer) -> None:
    both = {"urad": "v=spf1 include:ven.example.org ip4:192.0.2.10 -all", "ven": "v=spf1 ip4:203.0.113.0/24 -all"}
    assert asked(server, OTHER, **both).result is Result.PASS
    assert asked(server, OURS, **both).result is Result.PASS, "the -all of the included one ends nothing"
    assert asked(server, "198.51.100.1", **both).result is Result.FAIL
    moved = {"urad": "v=spf1 redirect=ven.example.org", "ven": "v=spf1 ip4:203.0.113.0/24 -all"}
    assert asked(server, OURS, **moved).result is Result.FAIL, "that of one it is redirected to does"


def test_the_eleventh_lookup_breaks_a_record(server: NameServer) -> None:
    chain = {f"s{number}": f"v=spf1 include:s{number + 1}.example.org -all" for number in range(11)}
    ten = chain | {"urad": "v=spf1 include:s2.example.org -all", "s11": "v=spf1 ip4:192.0.2.10 -all"}
    assert asked(server, **ten).result is Result.PASS
    eleven = ten | {"urad": "v=spf1 include:s1.example.org -all"}
    assert asked(server, **eleven) == Verdict(Result.PERMERROR, "include:s11.example.org")


@pytest.mark.parametrize(
    "record", ["v=spf1 ip6:2001:db8::/32 -all", "v=spf1 a:posta.example.org//64 -all", "v=spf1 mx -all"]
)
def test_addresses_of_version_six_are_addresses_too(server: NameServer, record: str) -> None:
    assert asked(server, SIXTH, urad=record).result is Result.PASS
    assert asked(server, "2001:db9::1", urad=record).result is Result.FAIL


def test_a_long_record_comes_over_tcp(server: NameServer) -> None:
    long = "v=spf1 " + " ".join(f"ip4:198.51.100.{number}" for number in range(60)) + " ip4:192.0.2.10 -all"
    assert len(long) > 1000
    assert asked(server, urad=long).result is Result.PASS


def test_no_answer_is_no_verdict(server: NameServer) -> None:
    server.failing.add("ven.example.org")
    server.silent.add("ticho.example.org")
    try:
        for name in ("ven", "ticho"):
            with pytest.raises(Unanswered, match=f"{name}.example.org"):
                asked(server, urad=f"v=spf1 include:{name}.example.org -all")
    finally:
        server.failing.clear()
        server.silent.clear()


def test_what_was_asked_once_is_not_asked_again(server: NameServer) -> None:
    server.records = published(urad="v=spf1 a:posta.example.org -all")
    server.asked.clear()
    names = Names([server.address])
    for _ in range(3):
        verdict(names, "a@urad.example.org", OURS)
    assert len(server.asked) == len(set(server.asked)) == 3
