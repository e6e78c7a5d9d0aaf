"""`hlasatel delivery` as it is typed."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import deliver, environment, mailing, states
from tests.store.sample import NOW, PRESS, address
from tests.store.test_mailing_page import in_doubt
from tests.store.test_orders import MINUTE
from tests.store.test_reconcile import BOUNCED, SENT, log
from worker.cli.main import main
from worker.office import Office

Run = Callable[..., tuple[int, str, str]]
AT = ("--now", NOW.isoformat())


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in the office's environment: exit code, standard output, standard error."""
    for name, value in environment(office).items():
        monkeypatch.setenv(name, value)

    def typed(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["delivery", *arguments])
        printed = capsys.readouterr()
        return int(str(ended.value.code or 0)), printed.out.replace("\u00a0", " "), printed.err.replace("\u00a0", " ")

    return typed


pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_mailing_is_paused_resumed_repeated_and_cancelled(office: Office, relay: ScriptedRelay, run: Run) -> None:
    number = in_doubt(office, relay)
    assert run("pause", PRESS, *AT)[:2] == (0, "Hotovo, rozesílek a míst: 1.\n")
    assert mailing(office, number).state == "paused"
    code, out, err = run("pause", PRESS, *AT)
    assert (code, out) == (1, "") and "není co zastavit" in err
    code, out, _ = run("again", PRESS, *AT)
    assert code == 0 and "adresátů: 1" in out and f"hlasatel delivery resume {PRESS}" in out
    assert run("resume", PRESS, *AT)[0] == 0
    relay.accept_everything()
    deliver(office, NOW + MINUTE)
    assert states(office) == ["sent", "sent", "retry", "unknown", "sent"]
    code, out, _ = run("cancel", PRESS, "--reason", "spletli jsme se", "--by", "reditel", *AT)
    assert code == 0 and "Zrušeno, rozesílek a míst: 1." in out
    assert (mailing(office, number).state, states(office)[2]) == ("done", "expired"), "without anybody at work"
    for order in ("cancel", "again", "resume", "pause"):
        assert run(order, PRESS, *AT)[0] == 1
    assert run("pause", PRESS, "--by", "nikdo", *AT)[0] == 1


def test_what_is_unknown_is_listed_and_settled_by_a_person(office: Office, relay: ScriptedRelay, run: Run) -> None:
    in_doubt(office, relay)
    listed = json.loads(run("unknown", "--format", "json")[1])
    assert [set(each) for each in listed] == [{"occurrence", "address", "message_id"}]
    assert (listed[0]["occurrence"], listed[0]["address"]) == (PRESS, address(4))
    assert run("settle", PRESS, address(4), "perhaps", *AT)[0] == 2
    assert run("settle", PRESS, address(1), "sent", *AT)[0] == 1
    assert run("settle", PRESS, address(4).upper(), "sent", *AT)[:2] == (0, "Zapsáno, doručení: 1.\n")
    assert states(office)[3] == "sent"
    assert run("unknown")[1] == "Žádné doručení není nejasné.\n"


def test_logs_settle_it_from_files_packed_files_and_standard_input(
    office: Office, relay: ScriptedRelay, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_doubt(office, relay)
    (each,) = json.loads(run("unknown", "--format", "json")[1])
    begun = "".join(log(each["message_id"], "AAAA1")).encode()
    (tmp_path / "mail.log.2.gz").write_bytes(gzip.compress(begun))
    packed = str(tmp_path / "mail.log.2.gz")
    code, out, _ = run("reconcile", packed, *AT)
    assert code == 0 and "ještě doručuje" in out and "předáno 0, nedoručeno 0" in out
    missing = run("reconcile", str(tmp_path / "nic.log"), *AT)
    assert missing[0] == 1 and "nic.log nejde přečíst" in missing[2]
    (tmp_path / "damaged.gz").write_bytes(gzip.compress(begun)[:-9])
    assert run("reconcile", str(tmp_path / "damaged.gz"), *AT)[0] == 1
    (tmp_path / "other.log").write_text("Dec  8 10:00:01 mail postfix/qmgr[1]: AAAA2: removed\n")
    assert "nic neprokazuje" in run("reconcile", str(tmp_path / "other.log"), *AT)[1]
    assert states(office)[3] == "unknown"
    rest = "".join(log(each["message_id"], "AAAA1", BOUNCED, SENT)[2:]).encode()

    class Stdin:
        buffer = io.BytesIO(rest)

    monkeypatch.setattr("sys.stdin", Stdin)
    assert "předáno 1, nedoručeno 0" in run("reconcile", packed, "-", *AT)[1]
    assert states(office)[3] == "sent"
