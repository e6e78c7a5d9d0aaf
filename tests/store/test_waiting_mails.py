"""What `status` says of mails that wait: the relay's answer only once it has given one."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from tests.store.desk import ASKED
from worker.cli.status import _print
from worker.feeds.health import health
from worker.notices import queue
from worker.office import Office
from worker.planning.attention import attention
from worker.record.status import status
from worker.store.tables import notices

SAID = "Poslední odpověď poštovního serveru:"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference
def test_the_relays_answer_is_printed_once_there_is_one(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    def printed() -> str:
        with office.database.read() as tx:
            found = status(tx, ASKED) | {"plan": attention(tx, office), "feeds": health(tx, office.feeds)}
        _print(office, found, None, [], ASKED)
        return capsys.readouterr().out

    with office.database.write() as tx:
        queue.put(tx, "plan", "plan_ends", "koordinator", ASKED)
    assert "čekají na odeslání: 1." in printed() and SAID not in printed()
    with office.database.write() as tx:
        tx.execute(update(notices).values(reply="451 try later"))
    assert f"  {SAID} 451 try later\n" in printed()
