"""The folder of a static copy: what is ours in it, and that nothing of anybody else's is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from worker.archive.static_folder import LIST, Changed, StaticFolder
from worker.errors import HlasatelError


def bring(folder: Path, **files: bytes) -> Changed:
    kept = StaticFolder(folder)
    for name, content in files.items():
        kept.put(name.replace("__", "/").replace("_html", ".html"), content)
    return kept.finish()


def held(folder: Path) -> dict[str, bytes]:
    files = (each for each in folder.rglob("*") if each.is_file() and each.name != LIST)
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in files}


def test_it_holds_what_was_put_last_and_no_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "web" / "kopie"
    assert bring(folder, a__b__c_html=b"1", d_html=b"2") == Changed(2, 0, 0)
    before = (folder / "d.html").stat().st_ino
    assert bring(folder, d_html=b"2") == Changed(0, 1, 1)
    assert held(folder) == {"d.html": b"2"} and not (folder / "a").exists()
    assert (folder / "d.html").stat().st_ino == before, "a file that is right is left as it is"
    assert bring(folder, d_html=b"3") == Changed(1, 0, 0) and held(folder) == {"d.html": b"3"}


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    bring(tmp_path, d_html=b"old")
    with (tmp_path / "d.html").open("rb") as reading:
        bring(tmp_path, d_html=b"new")
        assert reading.read() == b"old", "whoever reads it meanwhile has the old one whole"


def test_a_web_server_of_another_user_may_read_it(tmp_path: Path) -> None:
    ours = os.umask(0o077)
    try:
        bring(tmp_path / "kopie", a__d_html=b"1")
    finally:
        os.umask(ours)
    modes = {each: (tmp_path / each).stat().st_mode & 0o777 for each in ("kopie", "kopie/a", "kopie/a/d.html")}
    assert modes == {"kopie": 0o755, "kopie/a": 0o755, "kopie/a/d.html": 0o644}


@pytest.mark.parametrize("name", ["soubor.txt", "archiv/cizi.html", ".htpasswd"])
def test_a_folder_with_foreign_files_is_refused_untouched(tmp_path: Path, name: str) -> None:
    bring(tmp_path, archiv__a_html=b"1")
    (tmp_path / name).write_bytes(b"theirs")
    with pytest.raises(HlasatelError, match=name):
        bring(tmp_path, b_html=b"2")
    assert held(tmp_path) == {"archiv/a.html": b"1", name: b"theirs"}


def test_a_link_is_foreign_wherever_it_leads(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "kopie"
    bring(folder, a_html=b"1")
    (folder / "archiv").symlink_to(outside)
    with pytest.raises(HlasatelError, match="archiv"):
        bring(folder, archiv__a_html=b"2")
    assert not list(outside.iterdir())


def test_one_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    broken_off = StaticFolder(tmp_path)
    broken_off.put("a.html", b"1")  # and never finished
    (tmp_path / ".hlasatel-nove").write_bytes(b"half")
    assert bring(tmp_path, b_html=b"2") == Changed(1, 0, 1) and held(tmp_path).keys() == {"b.html"}


def test_what_somebody_changed_in_a_file_of_ours_is_put_right(tmp_path: Path) -> None:
    bring(tmp_path, a_html=b"1")
    (tmp_path / "a.html").write_bytes(b"x")
    assert bring(tmp_path, a_html=b"1") == Changed(1, 0, 0) and held(tmp_path) == {"a.html": b"1"}


@pytest.mark.parametrize("name", ["../a.html", "a//b", "/etc/a", "a/../b", "", "a\\b", "..", "a b"])
def test_no_name_leads_out_of_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        StaticFolder(tmp_path / "kopie").put(name, b"")
    assert not held(tmp_path)


def test_a_place_that_is_no_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "soubor").write_text("x")
    with pytest.raises(HlasatelError, match="soubor"):
        StaticFolder(tmp_path / "soubor")
