"""Who speaks, and what the office says of its own pages and of the strategy it reports on."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from worker.messages import say
from worker.settings.faults import Line, Strict


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(say("config.bad_colour", value=text))
    return text.lower()


def _web(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s]*)?", text):
        raise ValueError(say("config.bad_web_address", value=text))
    return text


class Organisation(Strict):
    """Who speaks: the texts of press releases, newsletters and pages that are the same every time."""

    name: Line
    office: Line
    department: Line
    domicile: Line
    """The town that opens the text of a press release ("LIBEREC – …")."""
    about: Line
    """The paragraph about the office or platform that a press release must not lack (communication plan)."""
    motto: Line
    website: Annotated[Line, AfterValidator(_web)]
    colour: Annotated[str, AfterValidator(_colour)]
    """The accent of mails and pages, `#rrggbb`."""
    data_protection_officer: Line = ""
    """Whom a recipient asks what the office keeps about him, as every mail to a list says it; "": it says nothing."""
    contact_lines: tuple[Line, ...] = Field(default=(), strict=False)


class Strategy(Strict):
    """What the measures of `measures.csv` belong to, as drafts name it."""

    name: Line
    report: Line
    """The document that says how far the measures are; each state is shown with it and its date."""


class Accessibility(Strict):
    """The office's own facts for the accessibility statement (zákon č. 99/2019 Sb., § 8) of the public pages."""

    conformance: Literal["full", "partial", "none"]
    exceptions: tuple[Line, ...] = Field(default=(), strict=False)
    """What is not accessible, each with its reason."""
    prepared: date
    reviewed: date | None = None
    method: Line
    """How it was found out: by the office itself, by somebody else."""
    contact: tuple[Line, ...] = Field(min_length=1, strict=False)
    """Whom to tell of a fault of the pages."""
    remedy: Line
    """Whom to turn to when the office's answer does not help, as the law names it."""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.exceptions and self.conformance == "full":
            raise ValueError(say("accessibility.faults_although_full"))
        if not self.exceptions and self.conformance != "full":
            raise ValueError(say("accessibility.faults_unnamed"))
        return self
