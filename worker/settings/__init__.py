"""What the worker is told from outside: `settings.toml`, people, lists, measures and the environment."""

from __future__ import annotations

from worker.settings.addresses import is_sample_address, parse_address, wire_address
from worker.settings.check import check_config, check_config_folder, inbox_doubts, known_ids, refuse_sample_addresses
from worker.settings.elections import Election, elections_near, load_elections
from worker.settings.feeds import Feed, load_feeds
from worker.settings.lists import MailingList, PublicWords, closure, legal_doubts, load_lists
from worker.settings.load import load_settings, load_strategy
from worker.settings.mail import Inbox, KindMail, MailSettings
from worker.settings.measures import Measure, load_areas, load_measures
from worker.settings.media import Medium, known_media, load_media
from worker.settings.model import DeliverySettings, FeedSettings, Retention, Settings
from worker.settings.organisation import Organisation, Strategy
from worker.settings.people import Person, load_people
from worker.settings.projects import Project, known_projects, load_projects
from worker.settings.relay import Relay, parse_smtp_url
from worker.settings.secret import key_id
from worker.settings.web import SignOn, WebSettings

__all__ = [
    "DeliverySettings",
    "Election",
    "Feed",
    "FeedSettings",
    "Inbox",
    "KindMail",
    "MailSettings",
    "MailingList",
    "Measure",
    "Medium",
    "Organisation",
    "Person",
    "Project",
    "PublicWords",
    "Relay",
    "Retention",
    "Settings",
    "SignOn",
    "Strategy",
    "WebSettings",
    "check_config",
    "check_config_folder",
    "closure",
    "elections_near",
    "inbox_doubts",
    "is_sample_address",
    "key_id",
    "known_ids",
    "known_media",
    "known_projects",
    "legal_doubts",
    "load_areas",
    "load_elections",
    "load_feeds",
    "load_lists",
    "load_measures",
    "load_media",
    "load_people",
    "load_projects",
    "load_settings",
    "load_strategy",
    "parse_address",
    "parse_smtp_url",
    "refuse_sample_addresses",
    "wire_address",
]
