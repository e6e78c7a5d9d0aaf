"""`hlasatel record`: is the record whole, and what it holds of one occurrence as a file for the records office."""

from __future__ import annotations

import typer

from worker.cli.record_export import export
from worker.cli.record_show import show
from worker.cli.record_verify import seal, verify
from worker.messages import say

app = typer.Typer(add_completion=False, help=say("cli.record_help"), no_args_is_help=True)


@app.callback()
def record() -> None:
    pass


app.command("verify", help=say("record.verify_help"))(verify)
app.command("show", help=say("record.show_help"))(show)
app.command("seal", help=say("record.seal_help"))(seal)
app.command("export", help=say("cli.dossier_help"))(export)
