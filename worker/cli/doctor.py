"""`hlasatel doctor`: is what Hlasatel runs on as it should be."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from worker.cli.wiring import TextFormat, TextFormatOption, make_clock, print_json, settings
from worker.messages import say
from worker.upkeep.doctor import examine
from worker.upkeep.findings import Level

app = typer.Typer(add_completion=False, help=say("doctor.help"))


@app.command(help=say("doctor.help"))
def doctor(
    format: TextFormatOption = TextFormat.TEXT,
    deep: Annotated[bool, typer.Option("--deep", help=say("doctor.deep_help"))] = False,
) -> None:
    findings = examine(settings(), make_clock(None).now(), deep=deep)
    if format is TextFormat.JSON:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{say(f'doctor.level_{finding.level}')}: {finding.text}")
    if any(finding.level is Level.FAULT for finding in findings):
        raise typer.Exit(1)
