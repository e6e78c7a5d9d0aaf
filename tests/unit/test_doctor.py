"""`hlasatel doctor`: what it finds, what it says to do, and that looking changes nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.fixtures.office import own_port
from tests.unit.forms.sample import lose_pango
from worker import mime
from worker.cli.main import main
from worker.delivery import trial
from worker.mime import headers
from worker.store.database import Database
from worker.store.tables import installation
from worker.watch.heartbeat import OLD, Pulse

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped plan and configuration as the current folder, and no database yet."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "schedules.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HLASATEL_BASE_URL", f"http://127.0.0.1:{own_port()}")
    return tmp_path


def examined(capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, tuple[str, str]]:
    """Level and sentence of each check."""
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--format", "json"])
    printed = capsys.readouterr()
    assert (ended.value.code or 0) == code, printed
    return {found["check"]: (found["level"], found["text"]) for found in json.loads(printed.out)}


def made(folder: Path, schema: str | None = None) -> Database:
    database = Database(f"sqlite:///{folder / 'data' / 'hlasatel.db'}")
    database.bring_up_to_date()
    if schema is not None:
        with database.write() as tx:
            tx.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (schema,))
    database.close()
    return database


def test_a_new_office_is_sound_and_looking_leaves_nothing_behind(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    found = examined(capsys)
    assert sorted(folder.rglob("*")) == before
    levels = {check: level for check, (level, _) in found.items() if check != "python"}
    assert levels == {
        "versions": "ok", "builder": "ok", "type": "ok", "zone": "ok", "config": "ok", "data": "note", "space": "ok",
        "keys": "ok", "sqlite": "ok", "database": "note", "plan": "ok", "pages": "note",
        "outgoing": "note",
    }  # fmt: skip
    assert "zatím není" in found["database"][1]


def test_it_says_what_the_python_at_hand_would_let_through(capsys: pytest.CaptureFixture[str]) -> None:
    forged = trial.forged(trial.by_python)
    level, text = examined(capsys)["python"]
    assert level == ("note" if forged else "ok")
    assert (f"({len(forged)} z {len(trial.CASES)})" in text) == bool(forged)


def test_without_pango_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_pango(monkeypatch)
    level, text = examined(capsys)["type"]
    assert (level, "apt-get install libpango" in text) == ("note", True)


@pytest.mark.parametrize(
    ("schema", "level", "code", "words"),
    [(None, "ok", 0, "současné schéma"), ("0001", "note", 0, "zazálohujte"), ("9999", "fault", 1, "novější schéma")],
)
def test_the_database_is_told_by_its_schema(
    folder: Path, capsys: pytest.CaptureFixture[str], schema: str | None, level: str, code: int, words: str
) -> None:
    database = made(folder, schema)
    assert database.file is not None
    content = database.file.read_bytes()
    found = examined(capsys, code)["database"]
    assert found[0] == level and words in found[1]
    assert database.file.read_bytes() == content


def test_a_database_out_of_reach_is_a_fault_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HLASATEL_DATABASE_URL", "postgresql://hlasatel:tajne-heslo@127.0.0.1:1/hlasatel")
    found = examined(capsys, 1)
    assert found["database"][0] == "fault" and "sqlite" not in found
    assert "tajne-heslo" not in str(found)


def test_a_faulty_configuration_is_counted_and_left_to_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists = folder / "config" / "lists.yaml"
    lists.write_text(f"{lists.read_text('utf-8')}\nnesmysl\n", "utf-8")
    found = examined(capsys, 1)
    assert found["config"][0] == "fault" and "hlasatel check" in found["config"][1]


def test_sample_addresses_with_a_real_relay_are_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HLASATEL_SMTP_URL", "smtp://posta.kraj-lbc.cz:25")
    assert examined(capsys, 1)["addresses"][0] == "fault"


def test_a_builder_that_lets_a_forgery_through_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(headers, "holds_controls", lambda text: False)  # the defect that the trial is for
    try:
        level, text = examined(capsys, 1)["builder"]
    finally:
        mime.address.cache_clear()  # of names that nobody looked at
    assert level == "fault" and "podvržení hlavičky" in text


def test_people_read_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("v pořádku: Sestavování zpráv")
    assert all(line.startswith(("v pořádku: ", "k vědomí: ")) for line in lines)


def found_of(capsys: pytest.CaptureFixture[str], code: int, check: str) -> list[tuple[str, str]]:
    """Level and sentence of everything that one check found."""
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--format", "json"])
    printed = capsys.readouterr()
    assert (ended.value.code or 0) == code, printed
    return [(each["level"], each["text"]) for each in json.loads(printed.out) if each["check"] == check]


def test_what_others_can_read_is_told_with_the_command_that_mends_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(folder)
    data = folder / "data"
    assert data.stat().st_mode & 0o777 == 0o700, "made for its owner alone"
    data.chmod(0o755)
    (data / "secret.key").write_text("klic-ktery-lezi-otevreny")
    found = examined(capsys)
    assert found["data"][0] == "note" and f"chmod 700 {data}" in found["data"][1]
    assert ("note", True) in [(level, "chmod 600" in text) for level, text in found_of(capsys, 0, "keys")]
    assert "otevreny" not in str(found)


def test_a_key_that_was_used_and_is_gone_is_a_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = made(folder)
    with database.write() as tx:
        tx.execute(update(installation).values(suppression_key="0123456789abcdef"))
    database.close()
    levels = [level for level, text in found_of(capsys, 1, "keys") if "suppression.key" in text]
    assert levels == ["fault"]


def test_a_damaged_file_is_told_with_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = made(folder).file
    assert file is not None
    content = bytearray(file.read_bytes())
    with sqlite3.connect(file) as own:
        (page,) = own.execute("SELECT rootpage FROM sqlite_master WHERE name = 'packages'").fetchone()
    own.close()
    content[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    file.write_bytes(content)
    ((level, text),) = found_of(capsys, 1, "sound")
    assert level == "fault" and "hlasatel restore" in text


def test_who_works_and_who_does_no_more_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = made(folder)
    now = datetime.now(UTC)
    Pulse("run", host="urad", process=1).beat(database, now)
    Pulse("deliver", host="jiny", process=2).beat(database, now - 2 * OLD)
    database.close()
    found = examined(capsys)
    assert found["worker"][0] == "ok" and found["processes"][0] == "note" and "jiny" in found["processes"][1]
    Pulse("run", host="urad", process=1).beat(database, now - 2 * OLD)
    database.close()
    assert examined(capsys, 1)["worker"][0] == "fault"


def test_a_faulty_plan_is_told_with_the_one_in_force(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "schedules.yaml").write_text("activities: nesmysl\n", "utf-8")
    level, text = examined(capsys, 1)["plan"]
    assert level == "fault" and "hlasatel check" in text and "zatím žádný" in text


def test_a_mailbox_that_nobody_can_read_is_a_fault(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = folder / "config" / "settings.toml"
    inbox = f'\n[inbox]\naddress = "odpovedi@urad.example.org"\nmaildir = "{folder}/posta"\n'
    settings.write_text(settings.read_text("utf-8") + inbox, "utf-8")
    monkeypatch.setenv("HLASATEL_IMAP_URL", f"imap://posta:tajne-heslo@127.0.0.1:{own_port()}/INBOX")
    found = found_of(capsys, 1, "mailbox")
    assert [level for level, _ in found] == ["fault", "fault"] and "tajne-heslo" not in str(found)
