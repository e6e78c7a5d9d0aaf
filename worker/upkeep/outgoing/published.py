"""What a domain publishes about its mail besides SPF: the keys of its signatures (DKIM) and its policy (DMARC)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from worker.upkeep.outgoing.names import Names

POLICIES = ("none", "quarantine", "reject")
MOST_LABELS = 8
"""How far up the policy of a long name is looked for."""


@dataclass(frozen=True)
class PublicKey:
    """A key's record (RFC 6376 §3.6.1). `text` is its base64, "" for one that was revoked; `bits` 0 if it is no RSA."""

    text: str
    bits: int
    readable: bool = True


@dataclass(frozen=True)
class Policy:
    """A DMARC record (RFC 7489 §6.3): under which domain it stands, what is done with forgeries, who gets reports.

    `wanted` is "" when the record is faulty; `several` when there are more, which count for none.
    """

    domain: str
    wanted: str = ""
    reports: str = ""
    several: bool = False


def tags(record: str) -> dict[str, str]:
    """`v=DMARC1; p=none` as a mapping; tags without a value are left out."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def key_of(names: Names, selector: str, domain: str) -> PublicKey | None:
    """The key under a selector, None where there is none. Raises Unanswered."""
    found = [text for text in names.texts(f"{selector}._domainkey.{domain}") if "p" in tags(text)]
    if not found:
        return None
    said = tags(found[0])
    text, sort = re.sub(r"\s", "", said["p"]), said.get("k", "rsa")
    if len(found) > 1 or said.get("v", "DKIM1") != "DKIM1":
        return PublicKey(text, 0, readable=False)
    bits = _bits(text) if sort == "rsa" else 0
    return PublicKey(text, bits, readable=bits > 0 or sort != "rsa")


def policy_of(names: Names, domain: str) -> Policy | None:
    """The policy that holds for a domain: its own, or that of the nearest one above it. Raises Unanswered."""
    labels = domain.split(".")[-MOST_LABELS:]
    for first in range(len(labels) - 1):
        above = ".".join(labels[first:])
        found = [tags(text) for text in names.texts(f"_dmarc.{above}") if re.match(r"v\s*=\s*DMARC1\s*(;|$)", text)]
        if len(found) > 1:
            return Policy(above, several=True)
        if found:
            own = found[0].get("p", "").lower()
            wanted = own if first == 0 else found[0].get("sp", own).lower()
            return Policy(above, wanted if wanted in POLICIES else "", found[0].get("rua", ""))
    return None


def _bits(text: str) -> int:
    """Bits of an RSA key (SubjectPublicKeyInfo in DER); 0 if it is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm):  # binascii.Error is a ValueError
        return 0
    return key.key_size if isinstance(key, RSAPublicKey) else 0
