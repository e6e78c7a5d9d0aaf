"""What `settings.toml` and the environment say, as values the rest of the worker is handed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from worker.messages import say
from worker.mime.signing import Signer
from worker.settings.faults import Id, Strict
from worker.settings.imap import ImapBox
from worker.settings.limits import DomainLimit
from worker.settings.mail import Inbox, KindMail, MailSettings
from worker.settings.networks import Network
from worker.settings.organisation import Accessibility, Organisation, Strategy
from worker.settings.outgoing import Dkim, Outgoing
from worker.settings.records import Records
from worker.settings.relay import FALLBACK_URL, Relay, RelaySettings, TokenSource, parse_smtp_url
from worker.settings.secret import SUPPRESSION_FILE, read_or_create_key
from worker.settings.watch import Alerts, Canary, Metrics
from worker.settings.web import SignOn, WebSettings

Share = Annotated[float, Field(gt=0, le=1, strict=False)]


class DeliverySettings(Strict):
    """When delivery gives up, stops, or asks. Shares are fractions of an audience."""

    give_up_after_days: int = Field(default=5, ge=1, le=30)
    failure_threshold: Share = 0.2
    failure_min: int = Field(default=10, ge=1)
    """Fewer failed recipients than this pause no mailing, whatever their share."""
    audience_change_share: Share = 0.2
    audience_change_min: int = Field(default=10, ge=1)
    machines: bool = False
    """Whether `hlasatel deliver` sends, on any number of machines; PostgreSQL only."""
    domains: tuple[DomainLimit, ...] = Field(default=(), strict=False)
    """What single recipient domains bear; the same one may be there once for each period."""


class EditingSettings(Strict):
    """When an edit of the plan waits for a person's confirmation: it drops more than the share, and the number."""

    dropped_share: Share = 0.2
    """Of the open occurrences still ahead."""
    dropped_min: int = Field(default=5, ge=1)


class FeedSettings(Strict):
    """How partners' feeds are read."""

    internal: tuple[Network, ...] = Field(default=(), strict=False)
    """Networks (CIDR) of the office's own that a feed may be read from although they are not public."""


class Retention(Strict):
    """How many days what is kept of recipients stays at most. Nothing here touches who is on a list."""

    mailings_days: int = Field(default=365, ge=30)
    """Whom a mailing went to and what their servers said, since it was done; its numbers stay."""
    left_days: int = Field(default=365, ge=30)
    """A person who left everything, cannot be reached, or is on no list any more; of the address a keyed hash stays."""
    consents_days: int = Field(default=1095, ge=30)
    """The evidence of a consent, since it was withdrawn."""
    returned_days: int = Field(default=365, ge=30)
    """That a mailing came back, and why; and what people answered to one, since it was passed on."""
    mails_days: int = Field(default=30, ge=1)
    """Mails to recipients about their own place on the lists, and the links in them, since they ended."""


class SettingsFile(Strict):
    """The shape of `settings.toml`."""

    coordinator: Id
    facebook: Id
    organisation: Organisation
    strategy: Strategy
    mail: MailSettings
    delivery: DeliverySettings = DeliverySettings()
    editing: EditingSettings = EditingSettings()
    web: WebSettings = WebSettings()
    sign_on: SignOn | None = None
    inbox: Inbox | None = None
    relay: RelaySettings = RelaySettings()
    feeds: FeedSettings = FeedSettings()
    retention: Retention = Retention()
    records: Records = Records()
    outgoing: Outgoing = Outgoing()
    dkim: Dkim | None = None
    accessibility: Accessibility | None = None
    administrator: Id | None = None
    metrics: Metrics = Metrics()
    alerts: Alerts = Alerts()
    canary: Canary | None = None

    @field_validator("canary")
    @classmethod
    def _comes_where_somebody_looks(cls, canary: Canary | None, info: ValidationInfo) -> Canary | None:
        if canary is not None and canary.minutes is not None and info.data.get("inbox") is None:
            raise ValueError(say("watch.canary_without_inbox"))
        return canary

    @field_validator("sign_on")
    @classmethod
    def _comes_through_a_proxy(cls, sign_on: SignOn | None, info: ValidationInfo) -> SignOn | None:
        web = info.data.get("web")
        if sign_on is not None and web is not None and not web.proxies:
            raise ValueError(say("config.sign_on_without_proxy"))
        return sign_on


@dataclass(frozen=True)
class Settings:
    """Everything the worker is told from outside. URLs may hold passwords, so they are not part of the repr."""

    organisation: Organisation
    mail: MailSettings
    delivery: DeliverySettings
    editing: EditingSettings
    coordinator: str
    """Id of the person who is asked, alerted and answers when nobody else is named."""
    facebook: str
    """Id of the person who is handed approved Facebook texts."""
    base_url: str
    """Where the pages of emailed links are reached; no slash at the end."""
    lang: str
    web: WebSettings
    sign_on: SignOn | None
    inbox: Inbox | None
    plan: Path
    config: Path
    data: Path
    journal: Path
    """Where erasures and departures are noted beside the database, to be done again in a restored copy."""
    database_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    given_keys: tuple[bytes, ...] = field(default=(), repr=False)
    given_suppression_key: bytes | None = field(default=None, repr=False)
    fallback_smtp_url: str | None = field(default=None, repr=False)
    relay_settings: RelaySettings = field(default_factory=RelaySettings)
    tokens: TokenSource | None = None
    imap: ImapBox | None = None
    feeds: FeedSettings = field(default_factory=FeedSettings)
    retention: Retention = field(default_factory=Retention)
    records: Records = field(default_factory=Records)
    outgoing: Outgoing = field(default_factory=Outgoing)
    signer: Signer | None = field(default=None, repr=False)
    """Signs what leaves (DKIM); None where the relay does."""
    accessibility: Accessibility | None = None
    given_administrator: str | None = None
    metrics: Metrics = field(default_factory=Metrics)
    alerts: Alerts = field(default_factory=Alerts)
    canary: Canary | None = None

    @property
    def administrator(self) -> str:
        """Id of the person who is told what is wrong with the machine: the coordinator where nobody else is named."""
        return self.given_administrator or self.coordinator

    @property
    def relay(self) -> Relay:
        """The relay that mail is handed to, and the one to turn to while it cannot be used."""
        given = replace(parse_smtp_url(self.smtp_url), connections=self.relay_settings.most_connections)
        if self.fallback_smtp_url is not None:
            given = replace(given, fallback=self._with_tokens(parse_smtp_url(self.fallback_smtp_url, FALLBACK_URL)))
        return self._with_tokens(given)

    def _with_tokens(self, relay: Relay) -> Relay:
        return replace(relay, tokens=self.tokens) if relay.auth == "xoauth2" else relay

    @property
    def secret_keys(self) -> tuple[bytes, ...]:
        """The keys that tokens and Message-IDs are derived with, newest first, never empty.

        Without `HLASATEL_SECRET_KEY` this is the one in `data/secret.key`, made at the first call.
        """
        return self.given_keys or (read_or_create_key(self.data),)

    def signed(self, data: bytes, sender: str) -> bytes:
        """A whole message with our signature (DKIM) before it where Hlasatel signs for `sender`, an address in From."""
        return data if self.signer is None else self.signer.signature(data, sender) + data

    @property
    def suppression_key(self) -> bytes:
        """The key under which addresses are kept that are never written to again. It is never rotated.

        Without `HLASATEL_SUPPRESSION_KEY` this is the one in `data/suppression.key`, made at the first call.
        """
        return self.given_suppression_key or read_or_create_key(self.data, SUPPRESSION_FILE)

    def mail_of(self, kind: str) -> KindMail:
        """The heading of a kind's mails; without one of its own, the service mails' From and the coordinator."""
        for each in (kind, kind.partition("--")[0]):  # one for a single body is headed like the common one
            if each in self.mail.kinds:
                return self.mail.kinds[each]
        return KindMail(from_name=self.mail.from_name, from_address=self.mail.from_address, reply_to=self.coordinator)
