"""What `doctor` says about mail that leaves: each thing that is missing in the DNS or at the relay, and its remedy."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.fixtures.name_server import NameServer, name_server, text
from tests.fixtures.smtp_server import ScriptedRelay, scripted_relay
from worker.cli.main import main
from worker.mime.signing import Signer
from worker.settings import Inbox, Settings, load_settings
from worker.settings.outgoing import Outgoing
from worker.settings.outgoing import name_server as parsed_name_server
from worker.upkeep.findings import Finding, Level
from worker.upkeep.outgoing.examine import examine

CONFIG = Path(__file__).parents[2] / "config"
NOW = datetime.now(UTC)
OURS, SIXTH = "192.0.2.10", "2001:db8::10"
DOMAIN = "liberecky-kraj.example.org"
Records = dict[str, dict[str, list[str]]]


@cache
def signer(bits: int = 2048) -> Signer:
    key = rsa.generate_private_key(65537, bits).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Signer(DOMAIN, "hlasatel", key)


def sound() -> Records:
    """A domain of which nothing is missing."""
    return {
        DOMAIN: {"MX": ["10 posta.example.org."], "TXT": [text("v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 -all")]},
        f"posta2026._domainkey.{DOMAIN}": {"TXT": [text(signer().record)]},
        f"_dmarc.{DOMAIN}": {"TXT": [text("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.org")]},
        "posta.example.org": {"A": [OURS], "AAAA": [SIXTH]},
        "10.2.0.192.in-addr.arpa": {"PTR": ["posta.example.org."]},
        "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa": {"PTR": ["posta.example.org."]},
    }


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    with name_server({}) as running:
        yield running


@pytest.fixture
def office(server: NameServer) -> Settings:
    """The region's settings, with what mail leaves from, and a relay on this machine."""
    server.records = sound()
    server.failing.clear()
    own = load_settings({"HLASATEL_BASE_URL": "https://hlasatel.example.org"}, config=CONFIG)
    given = Outgoing(addresses=(OURS, SIXTH), selectors=("posta2026",), name_servers=(server.address,))
    return replace(own, outgoing=given)


def found(office: Settings, check: str) -> list[tuple[str, str]]:
    """Level and sentence of a check's findings."""
    return [(each.level.value, each.text) for each in examine(office, NOW) if each.check == check]


def only(office: Settings, check: str) -> tuple[str, str]:
    (one,) = found(office, check)
    return one


def test_where_nothing_is_missing_everything_is_in_order(office: Settings) -> None:
    findings = list(examine(office, NOW))
    assert {each.level for each in findings} == {Level.OK}, findings
    assert [each.check for each in findings] == ["one_click", "spf", "dkim", "dmarc", "ptr", "ptr", "relay"]


def test_pages_without_https_take_no_one_click(office: Settings) -> None:
    level, told = only(replace(office, base_url="http://hlasatel.example.org"), "one_click")
    assert level == "fault" and "HLASATEL_BASE_URL" in told and "https" in told


def test_every_domain_of_a_from_is_looked_at(office: Settings) -> None:
    kinds = office.mail.kinds["newsletter"].model_copy(update={"from_address": "z@zpravy.example.org"})
    changed = office.mail.model_copy(update={"kinds": {"newsletter": kinds}})
    other = replace(office, mail=changed)
    assert [level for level, told in found(other, "spf") if "zpravy.example.org" in told] == ["fault"]
    assert only(other, "domain")[0] == "fault" and "zpravy.example.org" in only(other, "domain")[1]


def with_spf(server: NameServer, *records: str) -> None:
    server.records = sound() | {DOMAIN: {"MX": ["10 posta.example.org."], "TXT": list(map(text, records))}}


def test_a_domain_without_spf_is_told_the_record_to_add(office: Settings, server: NameServer) -> None:
    with_spf(server, "verification=1")
    level, told = only(office, "spf")
    assert level == "fault"
    assert "v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 -all" in told and "Seznam" in told


def test_a_sending_address_that_spf_does_not_name_is_told_with_what_to_add(
    office: Settings, server: NameServer
) -> None:
    for ending, word in (("-all", "zakazuje"), ("~all", "spamu"), ("?all", "nestačí")):
        with_spf(server, f"v=spf1 ip6:2001:db8::/32 {ending}")
        (level, told), (other, passed) = found(office, "spf")
        assert (level, other) == ("fault", "ok") and SIXTH in passed
        assert word in told and f"ip4:{OURS}" in told


def test_what_is_wrong_with_spf_is_named(office: Settings, server: NameServer) -> None:
    with_spf(server, "v=spf1 -all", "v=spf1 mx -all")
    assert only(office, "spf")[0] == "fault" and "2" in only(office, "spf")[1]
    with_spf(server, "v=spf1 ipv4:192.0.2.10 -all")
    assert {(level, "ipv4:192.0.2.10" in told) for level, told in found(office, "spf")} == {("fault", True)}


def relayed(office: Settings, server: NameServer, address: str) -> Settings:
    """The relay is called posta.example.org, at `address`, and the settings say nothing about where mail leaves."""
    server.records = sound() | {"posta.example.org": {"A": [address]}}
    outgoing = office.outgoing.model_copy(update={"addresses": ()})
    return replace(office, outgoing=outgoing, smtp_url="smtp://posta.example.org:1")


def test_without_addresses_the_relays_own_is_tried_and_a_doubt_is_no_fault(
    office: Settings, server: NameServer
) -> None:
    unnamed = relayed(office, server, "9.9.9.9")
    level, told = only(unnamed, "spf")
    assert (level, "9.9.9.9" in told, "[outgoing] addresses" in told) == ("note", True, True)
    assert "9.9.9.9" in only(unnamed, "ptr")[1]


def test_an_address_inside_the_office_says_nothing_about_the_world(office: Settings, server: NameServer) -> None:
    unnamed = relayed(office, server, "10.0.0.5")
    for check in ("spf", "ptr"):
        level, told = only(unnamed, check)
        assert (level, "[outgoing] addresses" in told) == ("note", True)


def with_key(server: NameServer, *records: str, selector: str = "posta2026") -> None:
    server.records = sound() | {f"{selector}._domainkey.{DOMAIN}": {"TXT": list(map(text, records))}}


def test_the_key_of_the_relays_signatures_is_looked_up(office: Settings, server: NameServer) -> None:
    cases = {
        "fault záznam TXT jména posta2026._domainkey": (),
        "fault zrušen": ("v=DKIM1; k=rsa; p=",),
        "fault poškozený": ("v=DKIM1; p=AAAA",),
        "fault poškozený ": ("v=DKIM1; p=není base64",),
        "fault víckrát": (signer().record, signer(1024).record),
        "note 1024": (signer(1024).record,),
        "note není RSA": (f"v=DKIM1; k=ed25519; p={base64.b64encode(bytes(32)).decode()}",),
        "ok 2048": (signer().record.replace("v=DKIM1; k=rsa; ", ""),),
    }
    for case, records in cases.items():
        with_key(server, *records)
        wanted, _, words = case.partition(" ")
        level, told = only(office, "dkim")
        assert (level, words.strip() in told) == (wanted, True), (case, told)


def test_nobody_known_to_sign_is_told_what_that_costs(office: Settings, server: NameServer) -> None:
    outgoing = office.outgoing.model_copy(update={"selectors": ()})
    level, told = only(replace(office, outgoing=outgoing), "dkim")
    assert level == "note" and "[dkim]" in told and "Seznam" in told


def test_our_own_key_must_be_the_one_in_the_dns(office: Settings, server: NameServer) -> None:
    own = replace(office, outgoing=office.outgoing.model_copy(update={"selectors": ()}), signer=signer())
    level, told = only(own, "dkim")
    assert level == "fault" and f"hlasatel._domainkey.{DOMAIN}" in told and signer().record in told
    with_key(server, signer(1024).record, selector="hlasatel")
    level, told = only(own, "dkim")
    assert level == "fault" and "Nahraďte" in told and signer().record in told
    with_key(server, signer().record, selector="hlasatel")
    assert only(own, "dkim")[0] == "ok"
    elsewhere = replace(own, signer=replace(signer(), domain="jiny.example.org"))
    assert only(elsewhere, "dkim")[0] == "note", "it signs nothing of this domain"


def test_the_policy_is_looked_up_with_what_is_wrong_about_it(office: Settings, server: NameServer) -> None:
    reports = "rua=mailto:dmarc@example.org"
    cases: Mapping[str, tuple[str, ...]] = {
        "fault v=DMARC1; p=none; rua=mailto:hlasatel@": (),
        "fault jediný": (f"v=DMARC1; p=none; {reports}", f"v=DMARC1; p=reject; {reports}"),
        "fault p=none": ("v=DMARC1; p=nic",),
        "fault platné": (f"v=DMARC1; {reports}",),
        "note hlášení": ("v=DMARC1; p=reject",),
        "ok p=none": (f"v=DMARC1;p=none;{reports}",),
    }
    for case, records in cases.items():
        server.records = sound() | {f"_dmarc.{DOMAIN}": {"TXT": list(map(text, records))}}
        wanted, _, words = case.partition(" ")
        level, told = only(office, "dmarc")
        assert (level, words in told) == (wanted, True), (case, told)


def test_the_policy_of_a_domain_above_holds_for_those_below(office: Settings, server: NameServer) -> None:
    above = sound()
    del above[f"_dmarc.{DOMAIN}"]
    server.records = above | {"_dmarc.example.org": {"TXT": [text("v=DMARC1; p=none; sp=reject; rua=mailto:a@b.cz")]}}
    level, told = only(office, "dmarc")
    assert level == "ok" and "_dmarc.example.org" in told and "p=reject" in told


def test_where_returned_mail_goes_is_a_sender_too(office: Settings, server: NameServer) -> None:
    def with_inbox(address: str) -> Settings:
        return replace(office, inbox=Inbox(address=f"odpovedi@{DOMAIN}", bounce_address=address))

    assert found(with_inbox(f"vracene@posta.{DOMAIN}"), "alignment") == []
    server.records = sound() | {"vracene.example.net": {"MX": ["10 posta.example.org."]}}
    other = with_inbox("b@vracene.example.net")
    level, told = only(other, "alignment")
    assert level == "note" and "vracene.example.net" in told and DOMAIN in told
    assert [level for level, told in found(other, "spf") if "vracene.example.net" in told] == ["fault"]
    assert found(replace(other, signer=signer()), "alignment") == [], "a signature of the From's domain is enough"


def test_an_address_has_a_name_that_leads_back(office: Settings, server: NameServer) -> None:
    server.records = sound() | {"10.2.0.192.in-addr.arpa": {}}
    assert [(level, OURS in told) for level, told in found(office, "ptr")] == [("fault", True), ("ok", False)]
    server.records = sound() | {"posta.example.org": {"A": ["192.0.2.99"], "AAAA": ["2001:db8:0::10"]}}
    assert [(level, "zpět" in told) for level, told in found(office, "ptr")] == [("fault", True), ("ok", True)]


def test_silence_of_the_name_server_is_told_as_such(office: Settings, server: NameServer) -> None:
    server.failing.update({DOMAIN, f"_dmarc.{DOMAIN}"})
    for check in ("spf", "dmarc"):
        level, told = only(office, check)
        assert level == "note" and "neodpověděl" in told
    assert only(office, "dkim")[0] == "ok"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the authority."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


def served(authority: trustme.CA, name: str = "127.0.0.1", days: int = 400) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, not_after=NOW + timedelta(days=days)).configure_cert(context)
    return context


def greeted(office: Settings, relay: ScriptedRelay, url: str = "smtp://127.0.0.1:{port}") -> tuple[str, str]:
    return only(replace(office, smtp_url=url.format(port=relay.port)), "relay")


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("implicit", [True, False])
def test_the_relays_tls_is_seen_without_logging_in(office: Settings, authority: trustme.CA, implicit: bool) -> None:
    url = "smtps://jan:tajne@127.0.0.1:{port}" if implicit else "smtp://jan:tajne@127.0.0.1:{port}?starttls=require"
    with scripted_relay(served(authority), implicit=implicit) as relay:
        relay.offer("STARTTLS", "AUTH PLAIN")
        level, told = greeted(office, relay, url)
        assert level == "ok" and "TLSv1." in told
        assert {line.split()[0].upper() for line in relay.heard} <= {"EHLO", "STARTTLS", "QUIT"}
    with scripted_relay(served(authority, days=10), implicit=implicit) as relay:
        relay.offer("STARTTLS")
        assert greeted(office, relay, url)[0] == "note"
    for wrong in (served(trustme.CA()), served(authority, "posta.example.org"), served(authority, days=-1)):
        with scripted_relay(wrong, implicit=implicit) as relay:
            relay.offer("STARTTLS")
            level, told = greeted(office, relay, url)
            assert level == "fault" and "ertifikát" in told


def test_a_relay_in_the_clear_is_told_what_to_add(office: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.settings.relay.Relay.on_loopback", False)  # as if it were another machine's
    with scripted_relay() as relay:
        assert greeted(office, relay)[0] == "note"
        relay.offer("STARTTLS")
        level, told = greeted(office, relay)
        assert level == "note" and "?starttls=require" in told
        with_password = greeted(office, relay, "smtp://jan:tajne@127.0.0.1:{port}")
        assert with_password[0] == "fault" and "tajne" not in with_password[1]
    assert greeted(office, relay)[0] == "fault", "nobody listens there any more"


def test_sample_addresses_are_asked_about_only_where_somebody_can_know_them(
    office: Settings, server: NameServer
) -> None:
    server.asked.clear()
    unnamed = replace(office, outgoing=office.outgoing.model_copy(update={"name_servers": ()}))
    assert [(each.check, each.level) for each in examine(unnamed, NOW)] == [("outgoing", Level.NOTE)]
    assert server.asked == []


def test_the_command_tells_what_is_missing_and_fails_for_it(
    server: NameServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(CONFIG, tmp_path / "config")
    with (tmp_path / "config" / "settings.toml").open("a") as settings:
        servers, selectors = f'["{server.address}"]', '["posta2026"]'
        settings.write(f'\n[outgoing]\naddresses = ["{OURS}"]\nname_servers = {servers}\nselectors = {selectors}\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HLASATEL_BASE_URL", "https://hlasatel.example.org")
    server.records = {name: values for name, values in sound().items() if name != f"_dmarc.{DOMAIN}"}
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--format", "json"])
    told = {each["check"]: Finding(**each) for each in json.loads(capsys.readouterr().out)}
    assert (ended.value.code, told["dmarc"].level, told["spf"].level) == (1, Level.FAULT, Level.OK)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9.9.9.9", ("9.9.9.9", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
    ],
)
def test_a_name_server_is_an_address_and_may_have_a_port(written: str, meant: tuple[str, int]) -> None:
    assert parsed_name_server(written) == meant


@pytest.mark.parametrize(
    "given", [{"name_servers": ["dns.example.org"]}, {"addresses": ["posta"]}, {"selectors": ["a b"]}]
)
def test_what_cannot_be_asked_is_refused(given: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="Napište"):
        Outgoing.model_validate(given)
