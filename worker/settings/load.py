"""Reads `settings.toml` and the environment. The environment is an argument, so tests and the demo bring their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from worker.errors import HlasatelError, InvalidFiles
from worker.messages import language_of, say
from worker.positions import read_toml
from worker.settings.environment import read_value
from worker.settings.faults import faults_of
from worker.settings.imap import URL as IMAP_URL
from worker.settings.imap import ImapBox, parse_imap_url
from worker.settings.mail import Inbox
from worker.settings.model import Settings, SettingsFile
from worker.settings.organisation import Strategy
from worker.settings.outgoing import KEY, signer_of
from worker.settings.places import places_of
from worker.settings.relay import FALLBACK_URL, URL, RelaySettings, TokenSource, parse_smtp_url

FILE = "settings.toml"
DEFAULT_BASE_URL = "http://127.0.0.1:8080"
DEFAULT_SMTP_URL = "smtp://127.0.0.1:25"


def load_settings(environ: Mapping[str, str], *, plan: Path | None = None, config: Path | None = None) -> Settings:
    """Settings from `environ` and the config folder; HlasatelError, or InvalidFiles with every fault of the file."""
    folder = config_folder(environ, plan, config)
    file = load_settings_file(folder)
    places = places_of(environ, plan=plan_file(environ, plan), config=folder)
    smtp_url = read_value(environ, "HLASATEL_SMTP_URL") or DEFAULT_SMTP_URL
    fallback_smtp_url = read_value(environ, "HLASATEL_SMTP_FALLBACK_URL")
    urls = {URL: smtp_url} | ({FALLBACK_URL: fallback_smtp_url} if fallback_smtp_url else {})
    return Settings(
        organisation=file.organisation,
        mail=file.mail,
        delivery=file.delivery,
        editing=file.editing,
        coordinator=file.coordinator,
        facebook=file.facebook,
        base_url=_base_url(read_value(environ, "HLASATEL_BASE_URL") or DEFAULT_BASE_URL),
        lang=language_of(read_value(environ, "HLASATEL_LANG") or ""),
        web=file.web,
        sign_on=file.sign_on,
        inbox=file.inbox,
        plan=places.plan,
        config=places.config,
        data=places.data,
        journal=places.journal,
        database_url=places.database_url,
        smtp_url=smtp_url,
        given_keys=places.given_keys,
        given_suppression_key=places.given_suppression_key,
        fallback_smtp_url=fallback_smtp_url,
        relay_settings=file.relay,
        feeds=file.feeds,
        retention=file.retention,
        records=file.records,
        outgoing=file.outgoing,
        signer=signer_of(file.dkim, read_value(environ, KEY)),
        tokens=_tokens(environ, urls, file.relay),
        imap=_imap(environ, file.inbox),
        accessibility=file.accessibility,
        given_administrator=file.administrator,
        metrics=file.metrics,
        alerts=file.alerts,
        canary=file.canary,
    )


def plan_file(environ: Mapping[str, str], plan: Path | None = None) -> Path:
    """Where the plan is: `plan`, HLASATEL_PLAN, or `schedules.yaml` of the current folder."""
    return plan or Path(read_value(environ, "HLASATEL_PLAN") or "schedules.yaml")


def config_folder(environ: Mapping[str, str], plan: Path | None = None, config: Path | None = None) -> Path:
    """Where the configuration is, first found: `config`; `config/` beside `plan`; HLASATEL_CONFIG; `config/` beside
    HLASATEL_PLAN; `config` of the current folder.
    """
    if folder := config or _beside(plan):
        return folder
    if given := read_value(environ, "HLASATEL_CONFIG"):
        return Path(given)
    given_plan = read_value(environ, "HLASATEL_PLAN")
    return _beside(Path(given_plan) if given_plan else None) or Path("config")


def load_strategy(config: Path) -> Strategy:
    """The strategy and its report as `settings.toml` names them now; InvalidFiles with every fault of the file."""
    return load_settings_file(config).strategy


def load_settings_file(config: Path) -> SettingsFile:
    """What `settings.toml` of a config folder says; InvalidFiles with every fault."""
    document = read_toml(config / FILE)
    try:
        return SettingsFile.model_validate(document.data)
    except ValidationError as error:
        raise InvalidFiles(faults_of(error, SettingsFile, document)) from None


def _beside(plan: Path | None) -> Path | None:
    if plan is not None and (folder := plan.parent / "config").is_dir():
        return folder
    return None


def _tokens(environ: Mapping[str, str], urls: Mapping[str, str], relay: RelaySettings) -> TokenSource | None:
    """Where access tokens come from, if a relay of `urls` wants them; HlasatelError when that is said nowhere."""
    wanting = [name for name, url in urls.items() if parse_smtp_url(url, name).auth == "xoauth2"]
    if not wanting:
        return None
    # Not read here: whoever keeps the file fresh writes a new token every hour.
    if file := environ.get("HLASATEL_SMTP_TOKEN_FILE", ""):
        return TokenSource(file=Path(file))
    secret = read_value(environ, "HLASATEL_SMTP_OAUTH_SECRET")
    if relay.oauth is None or secret is None:
        raise HlasatelError(say("relay.no_token_source", name=wanting[0]))
    return TokenSource(endpoint=relay.oauth, secret=secret)


def _imap(environ: Mapping[str, str], inbox: Inbox | None) -> ImapBox | None:
    """The mailbox read over IMAP; HlasatelError when nothing says whose mailbox it is, or where it is."""
    url = read_value(environ, IMAP_URL)
    if url is None:
        if inbox is not None and inbox.maildir is None:
            raise HlasatelError(say("bounces.no_mailbox", name=IMAP_URL))
        return None
    if inbox is None:
        raise HlasatelError(say("bounces.no_inbox", name=IMAP_URL))
    return parse_imap_url(url)


def _base_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username is not None or not text.isprintable():
        raise HlasatelError(say("config.base_url"))
    return text.rstrip("/")
