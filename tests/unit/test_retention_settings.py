"""`[retention]` of settings.toml: days, bounded below, so that no slip of the pen forgets everybody at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from worker.errors import InvalidFiles
from worker.settings import Retention, load_settings

CONFIG = Path(__file__).parents[2] / "config"


def config(folder: Path, lines: str) -> Path:
    shutil.copytree(CONFIG, folder / "config")
    file = folder / "config" / "settings.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n[retention]\n{lines}\n", encoding="utf-8")
    return folder / "config"


def test_without_a_word_there_are_times_all_the_same() -> None:
    assert load_settings({}, config=CONFIG).retention == Retention()


def test_the_file_sets_them(tmp_path: Path) -> None:
    found = load_settings({}, config=config(tmp_path, "mailings_days = 60\nmails_days = 7")).retention
    assert found == Retention(mailings_days=60, mails_days=7)


@pytest.mark.parametrize("line", ["mailings_days = 29", "left_days = 0", "consents_days = -1", "mailing_days = 100"])
def test_what_would_forget_too_soon_or_means_nothing_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(InvalidFiles) as error:
        load_settings({}, config=config(tmp_path, line))
    assert line.partition(" ")[0] in str(error.value) or error.value.faults
