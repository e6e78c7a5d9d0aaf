"""What a newcomer sees first: the demo, played by itself and for a person who clicks."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from threading import Timer

import requests

from tests.fixtures.office import HLASATEL, PROJECT


def test_it_plays_every_part_by_itself() -> None:
    done = subprocess.run([*HLASATEL, "demo", "--auto"], cwd=PROJECT, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Předložena je nová verze: „Nová verze ke schválení" in done.stdout
    assert "každému adresátovi právě jedna" in done.stdout
    assert done.stderr == ""


def test_it_waits_for_a_person_jumps_and_ends_cleanly() -> None:
    process = subprocess.Popen(
        [*HLASATEL, "demo"], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    patience = Timer(90, process.kill)  # reading a line has no deadline of its own
    patience.start()
    try:
        told = ""
        while told.count("Ctrl-C") < 2:
            line = process.stdout.readline()
            assert line, "the demo ended early"
            told += line
        mailbox = re.search(r"celou schránku: +(http://\S+)/", told)
        assert mailbox is not None, told
        assert "the whole mailbox" in told
        assert told.count("/?schranka=mluvci%40liberecky-kraj.example.org") == 2
        assert told.count("/?schranka=adresati") == 2
        entrance = re.search(r"stránky koordinátora: +(http://\S+/koordinator)\n", told)
        assert entrance is not None and "koordinator@liberecky-kraj.example.org" in told
        assert requests.get(entrance[1], timeout=10).status_code == 403, "the form to sign in"
        for number in _asking(mailbox[1]):
            link = re.search(
                r'href="(http://[^"]+/schvaleni/[^"]+)"', requests.get(f"{mailbox[1]}{number}", timeout=5).text
            )
            assert link is not None
            assert requests.post(link[1], data={"decision": "approve", "version": "1"}, timeout=10).status_code == 200
        assert "hodiny poskočí" in _next_line(process)
        assert "clock jumps" in _next_line(process)
        assert "75 zpráv" in _next_line(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        patience.cancel()
        process.kill()
    assert process.returncode == 0, err
    assert "Ukázka skončila" in out
    assert err == ""


def _next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return next((line for line in process.stdout if line.strip()), "the demo ended early")


def _asking(mailbox: str) -> list[str]:
    """The pages of the mails that ask for approval of press release and newsletter, once they are there."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        page = requests.get(mailbox, timeout=5).text
        found = re.findall(r'<a href="(/zprava/\d+)">Ke schválení[^<]*: (?:Tisková zpráva|Newsletter|Pravidelná)', page)
        if len(found) == 2:
            return found
        time.sleep(0.2)
    raise AssertionError("the mailbox does not show the two requests")
