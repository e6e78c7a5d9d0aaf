"""The configuration: its faults, addresses that are samples, secrets that lie open."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from worker.errors import HlasatelError
from worker.messages import say
from worker.planning.on_file import faults_of
from worker.settings import load_people, refuse_sample_addresses
from worker.settings.environment import read_by_everybody
from worker.upkeep.doctor.examined import Examined
from worker.upkeep.findings import Finding, Level


def _config(about: Examined) -> Iterator[Finding]:
    settings = about.settings
    faults = faults_of(settings.config)
    if faults:
        yield Finding("config", Level.FAULT, say("doctor.config_faulty", count=len(faults)))
        return
    yield Finding("config", Level.OK, say("doctor.config_sound", folder=settings.config))
    try:
        refuse_sample_addresses(settings, load_people(settings.config))
    except HlasatelError as error:
        yield Finding("addresses", Level.FAULT, str(error))


def _secrets(about: Examined) -> Iterator[Finding]:
    for file in read_by_everybody(os.environ):
        yield Finding("secrets", Level.NOTE, say("doctor.secret_open", path=file))


CHECKS: tuple[Callable[[Examined], Iterator[Finding]], ...] = (_config, _secrets)
