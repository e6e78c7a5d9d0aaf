"""What stands for the address of somebody who was erased: her number, at a domain that no mail leads to (RFC 6761)."""

from __future__ import annotations

DOMAIN = "erased.invalid"


def address_of(recipient_id: int) -> str:
    """`17@erased.invalid`."""
    return f"{recipient_id}@{DOMAIN}"


def is_nobodys(address: str) -> bool:
    """Whether it is such an address."""
    return address.endswith(f"@{DOMAIN}")
