"""Mail addresses: their form, and whether they are samples that nobody must be written to."""

from __future__ import annotations

import re

from worker.errors import HlasatelError
from worker.messages import say

_SAMPLE_DOMAINS = ("example.com", "example.net", "example.org", "example", "test", "invalid", "localhost")
_PLAIN = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:cz|com|eu|net|org)", re.ASCII)
"""Nearly every address; up to `_SHORT` characters it is right by every rule there is."""
_SHORT = 63


def is_sample_address(address: str) -> bool:
    """True for the domains set aside for documentation and tests (RFC 2606, RFC 6761), which lead to nobody."""
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    return any(domain == sample or domain.endswith("." + sample) for sample in _SAMPLE_DOMAINS)


def parse_address(text: str, *, international: bool = False) -> str:
    """The address with its domain in lower-case ASCII (IDNA); HlasatelError if it is none. Nothing is looked up.

    The local part is plain ASCII without quotes, as every relay takes it; with `international` it may hold letters of
    any script, which only a relay with SMTPUTF8 takes (RFC 6531).
    """
    if len(text) <= _SHORT and _PLAIN.fullmatch(text):
        return text
    # An encoded word (RFC 2047) is one that some reader would decode into who knows what.
    if "=?" in text or " " in text or not text.isprintable():
        raise _bad(text)
    # A twentieth of a second to import, for what every command would ask of each person's address.
    from email_validator import EmailNotValidError, validate_email

    local, _, domain = text.rpartition("@")
    # email-validator refuses the test domains of RFC 6761; their form is checked below a domain it accepts.
    reserved = is_sample_address(text) and not domain.lower().endswith(("example.com", "example.net", "example.org"))
    try:
        checked = validate_email(
            f"{local}@{domain}.example.org" if reserved else text,
            check_deliverability=False,
            allow_smtputf8=international,
        )
    except EmailNotValidError:
        raise _bad(text) from None
    return f"{checked.local_part}@{domain.lower() if reserved else checked.ascii_domain}"


def _bad(text: str) -> HlasatelError:
    shown = "".join(character if character.isprintable() else "�" for character in text[:80])
    return HlasatelError(say("config.bad_address", value=shown))


_WIRE = re.compile(r"(?!.*=\?)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,188}", re.ASCII)


def wire_address(address: str) -> str:
    """The address as an envelope and a header carry it; HlasatelError, which does not name it, if none can.

    A domain beyond ASCII gets its ASCII form (IDNA); a local part beyond ASCII stays as it is and needs SMTPUTF8.
    """
    if _WIRE.fullmatch(address):
        return address
    try:
        return parse_address(address, international=True)
    except HlasatelError:
        raise HlasatelError(say("addresses.cannot_be_sent_to")) from None
