"""What is missing for mail to arrive: every sender's domain and every address looked up, and told with its remedy.

Against the rules of Gmail, Yahoo, Microsoft and Seznam as docs/mail.md lists them, "What the world looks up".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address

from worker.messages import say
from worker.settings import Relay, Settings, is_sample_address
from worker.upkeep.findings import Finding, Level
from worker.upkeep.outgoing import spf
from worker.upkeep.outgoing.greeting import talk_to
from worker.upkeep.outgoing.names import Names, Unanswered
from worker.upkeep.outgoing.published import key_of, policy_of
from worker.upkeep.outgoing.spf import Result

GOOD_BITS = 2048
"""Of an RSA key (RFC 8301 §3.2)."""
SOON = timedelta(days=14)


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Findings about every From and the relay, in a fixed order; `now` (aware) is what certificates are held against.

    Nothing is asked about sample addresses, save of name servers that the settings name: only those can know them.
    """
    senders = _senders(settings)
    if not settings.outgoing.name_servers and any(map(is_sample_address, senders.values())):
        yield Finding("outgoing", Level.NOTE, say("outgoing.sample"))
        return
    names = Names(settings.outgoing.name_servers)
    leaving = _leaving(settings, names)
    envelopes = _envelopes(settings)
    yield from _one_click(settings)
    for domain, sender in sorted((senders | envelopes).items()):
        yield from _asked("domain", _domain, names, domain)
        yield from _asked("spf", _spf, settings, names, sender, leaving)
    for domain in sorted(senders):
        yield from _asked("dkim", _dkim, settings, names, domain)
        yield from _asked("dmarc", _dmarc, settings, names, domain)
        yield from _asked("alignment", _alignment, settings, names, domain)
    for address in leaving:
        yield from _asked("ptr", _ptr, names, address)
    if not leaving:
        yield Finding("ptr", Level.NOTE, say("outgoing.address_unknown"))
    relay: Relay | None = settings.relay
    while relay is not None:
        yield _relay(relay, now)
        relay = relay.fallback


def _senders(settings: Settings) -> dict[str, str]:
    """An address of every domain that stands in a From."""
    found = [settings.mail.from_address, *(kind.from_address for kind in settings.mail.kinds.values())]
    return {address.rpartition("@")[2].lower(): address for address in reversed(found)}


def _envelopes(settings: Settings) -> dict[str, str]:
    """The same of the envelopes' senders where they are not the From: SPF is asked of these (RFC 7208 §2.4)."""
    inbox = settings.inbox
    found = [] if inbox is None else [each for each in (inbox.address, inbox.bounce_address) if each is not None]
    return {address.rpartition("@")[2].lower(): address for address in found}


def _leaving(settings: Settings, names: Names) -> tuple[str, ...]:
    """Addresses that mail leaves from as the settings name them, otherwise the relays' own, if the world sees those."""
    if settings.outgoing.addresses:
        return settings.outgoing.addresses
    found: list[str] = []
    relay: Relay | None = settings.relay
    while relay is not None:
        with suppress(Unanswered):  # said below of the domains, which are asked of the same servers
            found += [relay.host] if _is_address(relay.host) else names.addresses(relay.host)
        relay = relay.fallback
    return tuple(dict.fromkeys(each for each in found if ip_address(each).is_global))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _asked(check: str, findings: Callable[..., Iterator[Finding]], *about: object) -> Iterator[Finding]:
    try:
        yield from findings(*about)
    except Unanswered as error:
        yield Finding(check, Level.NOTE, str(error))


def _one_click(settings: Settings) -> Iterator[Finding]:
    """RFC 8058 §3.1: the address of List-Unsubscribe is an https one."""
    address = settings.base_url
    if address.startswith("https://"):
        yield Finding("one_click", Level.OK, say("outgoing.one_click", address=address))
    else:
        yield Finding("one_click", Level.FAULT, say("outgoing.one_click_http", address=address))


def _domain(names: Names, domain: str) -> Iterator[Finding]:
    """A domain that cannot be answered is one that many take nothing from."""
    if not names.exchangers(domain) and not names.addresses(domain):
        yield Finding("domain", Level.FAULT, say("outgoing.mute", domain=domain))


def _spf(settings: Settings, names: Names, sender: str, leaving: tuple[str, ...]) -> Iterator[Finding]:
    domain = sender.rpartition("@")[2].lower()
    there = spf.records(names, domain)
    own = " ".join(map(_mechanism, leaving)) or "mx"
    if not there:
        yield Finding("spf", Level.FAULT, say("outgoing.spf_none", domain=domain, record=f"v=spf1 {own} -all"))
        return
    if len(there) > 1:
        yield Finding("spf", Level.FAULT, say("outgoing.spf_several", domain=domain, count=len(there)))
        return
    if not leaving:
        yield Finding("spf", Level.NOTE, say("outgoing.spf_untried", domain=domain, record=there[0]))
    passed = []
    for address in leaving:
        found = spf.verdict(names, sender, address)
        values = {"domain": domain, "address": address, "part": found.part, "add": _mechanism(address)}
        if found.result is Result.PASS:
            passed.append(address)
        elif found.result is Result.PERMERROR:
            yield Finding("spf", Level.FAULT, say("outgoing.spf_broken", **values))
        else:
            # An address that was only taken to be the sending one may not be it.
            level = Level.FAULT if settings.outgoing.addresses else Level.NOTE
            yield Finding("spf", level, say(f"outgoing.spf_{found.result}", **values))
    if passed:
        yield Finding("spf", Level.OK, say("outgoing.spf_pass", domain=domain, addresses=", ".join(passed)))


def _mechanism(address: str) -> str:
    return f"ip{ip_address(address).version}:{address}"


def _dkim(settings: Settings, names: Names, domain: str) -> Iterator[Finding]:
    signer, selectors = settings.signer, settings.outgoing.selectors
    signs = signer is not None and signer.signs_for(f"@{domain}")
    if not signs and not selectors:
        yield Finding("dkim", Level.NOTE, say("outgoing.dkim_unknown", domain=domain))
    if signer is not None and signs:
        values = {"domain": signer.domain, "selector": signer.selector, "record": signer.record}
        key = key_of(names, signer.selector, signer.domain)
        if key is None:
            yield Finding("dkim", Level.FAULT, say("outgoing.dkim_own_none", **values))
        elif signer.record.rpartition("p=")[2] != key.text:
            yield Finding("dkim", Level.FAULT, say("outgoing.dkim_own_differs", **values))
        else:
            yield _strength(key.bits, signer.selector, signer.domain)
    for selector in selectors:
        key = key_of(names, selector, domain)
        values = {"domain": domain, "selector": selector}
        if key is None:
            yield Finding("dkim", Level.FAULT, say("outgoing.dkim_none", **values))
        elif not key.text:
            yield Finding("dkim", Level.FAULT, say("outgoing.dkim_revoked", **values))
        elif not key.readable:
            yield Finding("dkim", Level.FAULT, say("outgoing.dkim_unreadable", **values))
        else:
            yield _strength(key.bits, selector, domain)


def _strength(bits: int, selector: str, domain: str) -> Finding:
    values = {"bits": bits, "selector": selector, "domain": domain}
    if bits >= GOOD_BITS:
        return Finding("dkim", Level.OK, say("outgoing.dkim_ok", **values))
    if bits:
        return Finding("dkim", Level.NOTE, say("outgoing.dkim_short", **values))
    return Finding("dkim", Level.NOTE, say("outgoing.dkim_not_rsa", **values))


def _dmarc(settings: Settings, names: Names, domain: str) -> Iterator[Finding]:
    found = policy_of(names, domain)
    if found is None:
        reports = settings.mail.from_address
        yield Finding("dmarc", Level.FAULT, say("outgoing.dmarc_none", domain=domain, reports=reports))
        return
    values = {"domain": domain, "where": f"_dmarc.{found.domain}", "wanted": found.wanted}
    if found.several:
        yield Finding("dmarc", Level.FAULT, say("outgoing.dmarc_several", **values))
    elif not found.wanted:
        yield Finding("dmarc", Level.FAULT, say("outgoing.dmarc_faulty", **values))
    elif not found.reports:
        yield Finding("dmarc", Level.NOTE, say("outgoing.dmarc_no_reports", **values))
    else:
        yield Finding("dmarc", Level.OK, say("outgoing.dmarc_ok", **values))


def _alignment(settings: Settings, names: Names, domain: str) -> Iterator[Finding]:
    """DMARC counts an SPF that passes for the From's own domain, or one of the same organisation (RFC 7489 §3.1.2)."""
    signer = settings.signer
    if signer is not None and signer.signs_for(f"@{domain}"):
        return  # the signature fits, and one of both is enough
    own = policy_of(names, domain)
    for envelope in sorted(_envelopes(settings)):
        other = policy_of(names, envelope)
        if own is not None and (other is None or other.domain != own.domain) and not _same(envelope, domain):
            yield Finding("alignment", Level.NOTE, say("outgoing.not_aligned", envelope=envelope, domain=domain))


def _same(one: str, other: str) -> bool:
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


def _ptr(names: Names, address: str) -> Iterator[Finding]:
    called = names.called(address)
    if not called:
        yield Finding("ptr", Level.FAULT, say("outgoing.ptr_none", address=address))
    elif any(ip_address(address) in map(ip_address, names.addresses(name)) for name in called):
        yield Finding("ptr", Level.OK, say("outgoing.ptr_ok", address=address, name=called[0]))
    else:
        yield Finding("ptr", Level.FAULT, say("outgoing.ptr_differs", address=address, name=called[0]))


def _relay(relay: Relay, now: datetime) -> Finding:
    values = {"relay": str(relay)}
    if relay.tls == "none" and relay.on_loopback:
        return Finding("relay", Level.OK, say("outgoing.relay_local", **values))
    talk = talk_to(relay)
    if talk.distrusted:
        return Finding("relay", Level.FAULT, say("outgoing.relay_distrusted", **values, why=talk.why))
    if talk.why:
        return Finding("relay", Level.FAULT, say("outgoing.relay_silent", **values, why=talk.why))
    if talk.until is not None:
        days = (talk.until - now).days
        if talk.until - now < SOON:
            return Finding("relay", Level.NOTE, say("outgoing.relay_soon", **values, days=days))
        return Finding("relay", Level.OK, say("outgoing.relay_tls", **values, version=talk.version, days=days))
    if not talk.offered:
        return Finding("relay", Level.NOTE, say("outgoing.relay_no_tls", **values))
    level = Level.NOTE if relay.user is None else Level.FAULT
    return Finding("relay", level, say("outgoing.relay_clear", **values))
