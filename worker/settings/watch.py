"""Who may read the metrics, how many alerts may be mailed, and where each mailing's canary flies."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from worker.settings.faults import Address, Strict
from worker.settings.networks import Network


class Metrics(Strict):
    """Who may read `/metrics`, besides this machine itself."""

    networks: tuple[Network, ...] = Field(default=(), strict=False)
    """Addresses or networks (CIDR) that whoever watches asks from, directly and not through a proxy."""


class Alerts(Strict):
    """How much may be mailed about what is wrong with Hlasatel itself, and from when on something is."""

    mails_a_day: int = Field(default=5, ge=1, le=50)
    """To one person, each about one thing; everything else of a day stands together in one more."""
    late_minutes: int = Field(default=30, ge=1)
    """After which what is due and not done, a mailing that stands still and a relay out of reach are alarming."""
    free_megabytes: int = Field(default=500, ge=1)
    """On the disk of the data folder."""
    bounce_share: Annotated[float, Field(gt=0, le=1, strict=False)] = 0.05
    """Of a mailing's audience that may come back; below ten of them nobody is alarmed."""
    backup_days: int = Field(default=3, ge=1)
    """The oldest that the last backup may be, once there has been one."""


class Canary(Strict):
    """An address that gets one copy of every mailing before anybody can say that it did not arrive."""

    address: Address
    minutes: int | None = Field(default=None, ge=5)
    """Within which the copy comes into the mailbox of `[inbox]`; None where another mailbox gets it."""
