"""`[[delivery.domains]]`: what is understood, and what is refused with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.store.sample import CONFIG
from worker.errors import InvalidFiles
from worker.settings.limits import DomainLimit
from worker.settings.load import load_settings_file


def _limits(folder: Path, text: str) -> tuple[DomainLimit, ...]:
    shutil.copy(CONFIG / "settings.toml", folder)
    with (folder / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    return load_settings_file(folder).delivery.domains


def test_a_domain_is_kept_in_the_form_of_recipients_addresses(tmp_path: Path) -> None:
    first, second = _limits(
        tmp_path,
        '[[delivery.domains]]\ndomain = "Seznam.CZ"\nmessages = 100\nper = "minute"\n'
        '[[delivery.domains]]\ndomain = "háčky.cz"\nconnections = 2\n',
    )
    assert (first.domain, first.messages, first.per, first.connections) == ("seznam.cz", 100, "minute", None)
    assert (second.domain, second.messages, second.connections) == ("xn--hky-ela4t.cz", None, 2)


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ('domain = "seznam.cz"', 1, "nic neomezuje"),
        ('domain = "jana@seznam.example.org"\nmessages = 5', 2, "není doména"),
        ('domain = "seznam.cz"\nmessages = 5\nper = "week"', 4, "„per“ nemůže být „week“"),
        ('domain = "seznam.cz"\nmessages = 0', 3, "číslo 1 nebo vyšší"),
        ('domain = "seznam.cz"\nconnections = 5\nmessage = 5', 4, "„message“"),
    ],
)
def test_what_limits_nothing_or_cannot_be_read_is_refused_where_it_stands(
    tmp_path: Path, lines: str, line: int, message: str
) -> None:
    good = '[[delivery.domains]]\ndomain = "example.org"\nconnections = 1\n'
    before = len((CONFIG / "settings.toml").read_text(encoding="utf-8").splitlines()) + 3
    with pytest.raises(InvalidFiles) as refused:
        _limits(tmp_path, f"{good}[[delivery.domains]]\n{lines}\n")
    fault = refused.value.faults[0]
    assert message in fault.message
    assert fault.line == before + line
