"""`hlasatel`: finds the command, runs it, and turns every refusal into a sentence and exit code 1."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from worker import __version__
from worker.cli import usage
from worker.cli.logs import log_to_stderr, log_what_nobody_caught
from worker.errors import HlasatelError
from worker.messages import say
from worker.record import acting

COMMANDS = (
    "demo",
    "run",
    "web",
    "clock",
    "deliver",
    "tick",
    "check",
    "timetable",
    "plan",
    "rehearse",
    "preview",
    "kinds",
    "recipients",
    "status",
    "why",
    "occurrence",
    "consent",
    "contribution",
    "agenda",
    "kit",
    "measures",
    "hold",
    "delivery",
    "publication",
    "report",
    "articles",
    "indicators",
    "record",
    "archive",
    "backup",
    "restore",
    "copy",
    "keys",
    "doctor",
    "access",
)
"""In the order of the help; each is a module of this package with a Typer `app`."""


_NO_ROOM_IN_SQLITE = ("SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LazyGroup(TyperGroup):
    """Imports a command's module when it is used, so that a `tick` with nothing to do is quick."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        command = get_command(importlib.import_module(f"worker.cli.{cmd_name}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyGroup,
    help=say("cli.help"),
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def hlasatel(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help=say("cli.version_help"))] = False
) -> None:
    if version:
        print(f"hlasatel {__version__}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


def main(arguments: list[str] | None = None) -> None:
    """Entry point; exits 0 when done, 1 when refused, 2 for wrong usage."""
    try:
        log_to_stderr()
        if arguments is None:  # a process of its own
            log_what_nobody_caught()
        with acting.apart():
            code = app(args=arguments, prog_name="hlasatel", standalone_mode=False)
            if sys.stdout is not None:  # closed by whoever started us
                with suppress(BrokenPipeError):
                    sys.stdout.flush()  # so that what a full disk refuses is known before the end
        sys.exit(code)
    except TyperException as error:
        print(usage.explained(error), file=sys.stderr)
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(1)
    except HlasatelError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        print(say("cli.no_room"), file=sys.stderr)
        if arguments is None:  # what is left to be written would be tried once more at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)
    except Exception as error:
        if (why := _refused_by_the_database(error)) is None:
            raise
        print(say("store.not_taken", why=why), file=sys.stderr)
        sys.exit(1)


def _refused_by_the_database(error: Exception) -> str | None:
    """Why the database takes nothing for want of room or rights; None for any other error, which is a defect."""
    refused = getattr(error, "orig", None)  # SQLAlchemy's; importing it takes a tenth of a second
    of_sqlite = str(getattr(refused, "sqlite_errorname", "")).startswith(_NO_ROOM_IN_SQLITE)
    of_server = getattr(refused, "sqlstate", None) in ("53100", "25006")  # disk_full, read_only_sql_transaction
    return str(refused).strip().splitlines()[0] if of_sqlite or of_server else None


if __name__ == "__main__":
    main()
