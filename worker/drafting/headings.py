"""Under whose name a mail leaves and who gets its answers, as settings and people have it and as a package keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from worker.office import Office


@dataclass(frozen=True)
class Heading:
    """From and Reply-To of one kind's mails. `reply_address` is empty when whoever reads the answers has left."""

    from_name: str
    from_address: str
    reply_name: str
    reply_address: str

    @property
    def sender(self) -> str:
        """From for a reader: `Name <address>`."""
        return f"{self.from_name} <{self.from_address}>"

    @property
    def answers(self) -> str:
        """Reply-To for a reader; the name alone without an address."""
        return f"{self.reply_name} <{self.reply_address}>" if self.reply_address else self.reply_name


def heading(office: Office, kind: str) -> Heading:
    """What a mail of this kind would be headed with now."""
    mail = office.settings.mail_of(kind)
    answers = office.people.get(mail.reply_to)
    name, address = (answers.name, answers.email) if answers is not None else (mail.reply_to, "")
    return Heading(mail.from_name, mail.from_address, name, address)


def headings(office: Office, kinds: Sequence[str]) -> dict[str, dict[str, str]]:
    """The same for several kinds, as a package keeps it."""
    return {kind: asdict(heading(office, kind)) for kind in kinds}


def kept(found: Mapping[str, Any], kind: str) -> Heading | None:
    """What `packages.headings` has for a kind; None for a version made before versions had headings."""
    return Heading(**found[kind]) if kind in found else None
