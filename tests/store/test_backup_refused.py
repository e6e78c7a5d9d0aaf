"""What a backup or a restore refuses, with a sentence, and that it then has changed nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fixtures.smtp_server import scripted_relay
from tests.store.conftest import hasty, open_office
from tests.store.desk import deliver
from tests.store.sample import CONFIG, NOW
from worker.errors import HlasatelError
from worker.settings.places import Places
from worker.store import copies
from worker.store.database import Database
from worker.store.lock import Locked, alone
from worker.store.migrate import upgrade
from worker.upkeep.backup.make import make
from worker.upkeep.backup.restore import choose, restore


@pytest.fixture
def places(migrated_file: Path, tmp_path: Path) -> Iterator[Places]:
    """Where an office is that has worked."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(migrated_file, data / "hlasatel.db")
    with scripted_relay() as relay:
        own = open_office(hasty(data / "hlasatel.db"), relay, tmp_path)
        deliver(own)
        own.database.close()
    url = f"sqlite:///{data / 'hlasatel.db'}"
    yield Places(own.settings.plan, CONFIG, data, data / "erasures.log", url)


def new(places: Places, folder: Path) -> Places:
    """A bare place for it."""
    data = folder / "data"
    return replace(
        places, plan=folder / "schedules.yaml", config=folder / "config", data=data, journal=data / "erasures.log",
        database_url=f"sqlite:///{data / 'hlasatel.db'}",
    )  # fmt: skip


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_a_bare_place_gets_everything_and_a_second_time_nothing(places: Places, tmp_path: Path) -> None:
    made = make(places, tmp_path / "out", NOW)
    there = new(places, tmp_path / "new")
    done = restore(tmp_path / "out", there, NOW)
    assert (done.backup, done.left_alone, done.missing_keys) == (made.place, [], [])
    assert there.plan.read_bytes() == places.plan.read_bytes()
    config = everything_in(CONFIG)
    assert everything_in(there.config) == {name: config[name] for name in config if not name.startswith(".")}
    for key in ("secret.key", "suppression.key"):
        assert (there.data / key).read_bytes() == (places.data / key).read_bytes()
        assert (there.data / key).stat().st_mode & 0o777 == 0o600
    before = everything_in(tmp_path / "new")
    assert not [name for name in before if "restoring" in name]
    with pytest.raises(HlasatelError, match="není prázdná"):
        restore(tmp_path / "out", there, NOW)
    assert everything_in(tmp_path / "new") == before


def test_a_restore_broken_off_is_begun_again(places: Places, tmp_path: Path) -> None:
    make(places, tmp_path / "out", NOW)
    there = new(places, tmp_path / "new")
    restore(tmp_path / "out", there, NOW)
    (there.data / "hlasatel.db").unlink()  # everything else had been written when it ended
    placed = there.plan.stat().st_ino
    restore(tmp_path / "out", there, NOW)
    assert there.plan.stat().st_ino == placed, "what is there already may belong to somebody else, and is not written"
    database = Database(there.database_url)
    with database.read() as tx:
        assert copies.is_held(tx)
    database.close()


def test_any_damage_is_named_before_anything_is_written(places: Places, tmp_path: Path) -> None:
    place = make(places, tmp_path / "out", NOW).place
    there = new(places, tmp_path / "new")
    whole = json.loads((place / "manifest.json").read_text("utf-8"))
    for name in ("hlasatel.db", "schedules.yaml", "keys/suppression.key", "config/people.yaml"):
        content = (place / name).read_bytes()
        (place / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(HlasatelError, match=name):
            restore(place, there, NOW)
        (place / name).unlink()
        with pytest.raises(HlasatelError, match=name):
            restore(place, there, NOW)
        (place / name).write_bytes(content)
    outside = whole | {"files": whole["files"] | {"../x": whole["files"]["schedules.yaml"]}}
    for told, words in ((outside, "poškozený"), (whole | {"format": 2}, "nezná"), ({"files": 1}, "poškozený")):
        (place / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
        with pytest.raises(HlasatelError, match=words):
            restore(place, there, NOW)
    newer = whole | {"schema": "9999", "program": "7.0"}
    (place / "manifest.json").write_text(json.dumps(newer), encoding="utf-8")
    with pytest.raises(HlasatelError, match=r"nejméně verzi 7\.0"):
        restore(place, there, NOW)
    (place / "manifest.json").unlink()
    with pytest.raises(HlasatelError, match="žádná celá záloha"):
        restore(place, there, NOW)
    assert not (tmp_path / "new").exists() or everything_in(tmp_path / "new") == {}


def test_another_office_in_the_place_is_left_alone(places: Places, tmp_path: Path) -> None:
    make(places, tmp_path / "out", NOW)
    there = new(places, tmp_path / "new")
    there.config.mkdir(parents=True)
    (there.config / "people.yaml").write_text("jiní lidé", encoding="utf-8")
    with pytest.raises(HlasatelError, match="--keep-config"):
        restore(tmp_path / "out", there, NOW)
    there.data.mkdir(exist_ok=True)
    (there.data / "secret.key").write_text("another-key-of-another-office\n", encoding="ascii")
    with pytest.raises(HlasatelError, match="jiný klíč"):
        restore(tmp_path / "out", there, NOW, keep_config=True)
    (there.data / "secret.key").unlink()
    done = restore(tmp_path / "out", there, NOW, keep_config=True)
    assert done.left_alone == [there.config / "people.yaml"]
    assert (there.config / "people.yaml").read_text("utf-8") == "jiní lidé"


def test_without_keys_it_says_which_are_missing(places: Places, tmp_path: Path) -> None:
    place = make(places, tmp_path / "out", NOW, with_keys=False).place
    assert not (place / "keys").exists()
    there = new(places, tmp_path / "new")
    assert restore(place, there, NOW).missing_keys == ["secret", "suppression"]


def test_only_its_own_older_backups_are_removed(places: Places, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "hlasatel-20200101T000000Z").mkdir(parents=True)
    (out / "letters").mkdir()
    first = make(places, out, NOW).place
    foreign = shutil.copytree(first, out / "hlasatel-20200102T000000Z")
    told = json.loads((foreign / "manifest.json").read_text("utf-8"))
    (foreign / "manifest.json").write_text(json.dumps(told | {"copy_id": "another"}), encoding="utf-8")
    made = [make(places, out, NOW + timedelta(days=day), keep=2).place for day in (1, 2, 2)]
    assert not first.exists() and not made[0].exists() and made[1].exists() and made[2].name.endswith("-2")
    assert {each.name for each in out.iterdir()} - {made[1].name, made[2].name} == {
        "hlasatel-20200101T000000Z", "hlasatel-20200102T000000Z", "letters",
    }  # fmt: skip


def test_a_clock_that_was_ahead_makes_no_backup_older_or_newer(places: Places, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ahead = [make(places, out, NOW + timedelta(days=4000 + day), keep=2).place for day in (1, 2)]
    now = make(places, out, NOW, keep=2)
    assert now.place.exists() and now.removed == (ahead[0],)
    assert choose(out)[0] == now.place, "the record has gone on, whatever the clock said"


def test_what_cannot_be_read_in_the_folder_is_no_reason_to_keep_every_backup(places: Places, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "hlasatel-20200101T000000Z").mkdir(parents=True)
    (out / "hlasatel-20200101T000000Z" / "manifest.json").write_text("{", encoding="utf-8")
    first = make(places, out, NOW, keep=1).place
    assert make(places, out, NOW + timedelta(days=1), keep=1).removed == (first,)
    assert (out / "hlasatel-20200101T000000Z").exists()


def test_an_older_one_that_cannot_be_removed_is_told_of(places: Places, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = make(places, out, NOW).place
    first.symlink_to(first.rename(tmp_path / "jinam"))
    with pytest.raises(HlasatelError, match=r"je hotová, ale starší .*nejde odstranit"):
        make(places, out, NOW + timedelta(days=1), keep=1)
    assert len(list(out.iterdir())) == 2


def test_files_come_back_whatever_they_are_called_and_no_backup_is_in_another(places: Places, tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    hostile = ("a\xa0b.txt", "a\nb.txt", "a\\b.txt", os.fsdecode(b"a\xffb.txt"))
    for name in hostile:
        (config / name).write_text(name, encoding="utf-8", errors="surrogateescape")
    own = replace(places, config=config)
    make(own, config / "zalohy", NOW)
    place = make(own, config / "zalohy", NOW + timedelta(days=1)).place
    assert not (place / "config" / "zalohy").exists()
    there = new(places, tmp_path / "new")
    restore(place, there, NOW)
    assert {each.name for each in there.config.iterdir()} >= set(hostile)


def test_an_empty_database_that_pages_have_open_is_not_replaced_under_them(places: Places, tmp_path: Path) -> None:
    place, there = make(places, tmp_path / "out", NOW).place, new(places, tmp_path / "new")
    pages = Database(there.database_url)
    pages.bring_up_to_date()
    with pages.engine.connect():  # its connection goes back into the pool and is used again
        pass
    (there.data / "restoring-of-one-that-was-killed").mkdir()
    restore(place, there, NOW)
    with pages.read() as tx:
        assert copies.is_held(tx)
    pages.close()
    assert not list(there.data.glob("restoring-*"))


def test_nobody_begins_to_work_while_it_is_restored(places: Places, tmp_path: Path) -> None:
    place, there = make(places, tmp_path / "out", NOW).place, new(places, tmp_path / "new")
    empty = Database(there.database_url)
    with alone(empty, "somebody"), pytest.raises(Locked, match="somebody"):
        restore(place, there, NOW)
    empty.close()
    assert not (there.data / "hlasatel.db").exists()


def test_an_older_database_is_backed_up_as_it_is_and_migrated_when_restored(places: Places, tmp_path: Path) -> None:
    older = replace(places, data=tmp_path / "older", database_url=f"sqlite:///{tmp_path / 'older' / 'hlasatel.db'}")
    database = Database(older.database_url)
    upgrade(database, None, to="0006")
    made = make(older, tmp_path / "out", NOW)
    assert (made.told.schema, database.schema()) == ("0006", "0006")
    database.close()
    there = new(places, tmp_path / "new")
    restore(made.place, there, NOW)
    restored = Database(there.database_url)
    with restored.read() as tx:
        assert copies.is_held(tx)
    restored.close()


def test_there_must_be_something_to_back_up_and_room_for_it(places: Places, tmp_path: Path) -> None:
    nothing = replace(places, database_url=f"sqlite:///{tmp_path / 'nic' / 'hlasatel.db'}")
    with pytest.raises(HlasatelError, match="Není co zálohovat"):
        make(nothing, tmp_path / "out", NOW)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(HlasatelError, match="nejde zapisovat"):
        make(places, tmp_path / "file", NOW)
    assert not (tmp_path / "out").exists()
