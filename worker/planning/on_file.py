"""A plan with the configuration beside it, as the files stand: every fault of either, and no look at the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from worker.drafting.places import faults_on_file
from worker.drafting.variants import variants
from worker.errors import Fault, InvalidFiles
from worker.kinds import plannable
from worker.office import TEMPLATES
from worker.plan.model import Plan, Vocabulary
from worker.plan.reading.load import parse_plan
from worker.positions import read_bytes
from worker.settings import check_config_folder, known_ids, known_media, known_projects
from worker.template_folder import OWN, TemplateFolder


@dataclass(frozen=True)
class OnFile:
    """The plan's own bytes and what they say."""

    content: bytes
    plan: Plan


def faults_of(config: Path) -> list[Fault]:
    """Every fault of the configuration, what no channel or kind can do anything with among them, each once."""
    return sorted({*check_config_folder(config), *faults_on_file(config)})


def read_on_file(path: Path, config: Path) -> OnFile:
    """The plan at `path` with the configuration in `config`; InvalidFiles with every fault of the plan and of that."""
    faults = faults_of(config)
    lists, people = known_ids(config)
    media, only_named = known_media(config)
    vocabulary = Vocabulary(
        plannable(people or ()),
        lists,
        people,
        templates=variants(TemplateFolder(TEMPLATES, config / OWN)),
        projects=known_projects(config),
        media=media,
        only_named=only_named,
    )
    try:
        content = read_bytes(path)
        plan = parse_plan(content, str(path), vocabulary)
    except InvalidFiles as error:
        raise InvalidFiles([*faults, *error.faults]) from None
    if faults:
        raise InvalidFiles(faults)
    return OnFile(content, plan)
