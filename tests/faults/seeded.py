"""Bugs that were made on purpose, each a small edit of the product, with the scenario that has to notice it.

A harness that lets one of them pass proves nothing. When an edit finds its text no more because the code has changed,
its test says so: make the same mistake in the new code.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults import scenarios
from tests.faults.extent import BOTH
from tests.faults.stage import CONNECTIONS, Play, Stage
from tests.fixtures.fault_relay import FaultRelay
from tests.fixtures.fault_rules import Rule

ROOT = Path(__file__).parents[2]
_ENGINE = "worker/delivery/engine.py"
_LEDGER = "worker/delivery/ledger.py"
_GROUP = "worker/delivery/group_commit.py"
STALLED = 20.0
"""Seconds; longer than any worker is let live."""


@dataclass(frozen=True)
class Edit:
    """In `file`, `old` becomes `new`; it stands there so often."""

    file: str
    old: str
    new: str
    times: int = 1


Scenario = Callable[[Stage, FaultRelay, Random], object]


@dataclass(frozen=True)
class Bug:
    """`play` and `scenario` show it."""

    edits: tuple[Edit, ...]
    play: Play
    scenario: Scenario
    sorts: tuple[str, ...] = BOTH


def _stall(before: float = 0, after: float = 0) -> Scenario:
    def scenario(stage: Stage, _other: FaultRelay, _chance: Random) -> None:
        scenarios.killed_in_a_stall(stage, 2, Rule("dot", before=before, after=after))

    return scenario


def _killed_at(point: str) -> Scenario:
    return lambda stage, _other, _chance: scenarios.killed_at(stage, point, 2)


_NEWSLETTER, _PRESS_RELEASE = Play(CONNECTIONS * 6), Play(CONNECTIONS * 6, "press-release")

BUGS = {
    "recorded as sent with the intent": Bug(
        (
            Edit(
                _ENGINE,
                "        self._dots[ticket] = message\n",
                "        self._dots[ticket] = message\n"
                "        was, becomes = DeliveryState.SENDING, DeliveryState.SENT\n"
                '        self._answers.over(message.row, was, becomes, now, Reply(250, ""))\n',
            ),
            Edit(_ENGINE, "over(row, old, DeliveryState.SENT, now, reply)", "pass"),
        ),
        _NEWSLETTER,
        _stall(before=STALLED),
    ),
    "a page is ticked off when it is fetched": Bug(
        (
            Edit(
                _LEDGER,
                "        with self._database.read() as tx:\n"
                "            return tx.execute(found.order_by(deliveries.c.recipient_id).limit(PAGE)).all()\n",
                "        with self._database.write() as tx:\n"
                "            rows = tx.execute(found.order_by(deliveries.c.recipient_id).limit(PAGE)).all()\n"
                "            if rows:\n"
                "                behind = f'UPDATE slices SET first = {rows[-1].recipient_id + 1}'\n"
                "                tx.exec_driver_sql(f'{behind} WHERE number = {hold.number}')\n"
                "            return rows\n",
            ),
        ),
        _NEWSLETTER,
        _killed_at("committed"),
    ),
    "nobody looks at the epoch": Bug(
        (
            Edit(_GROUP, "AND number = ? AND epoch = ?", "AND number = ? AND ? >= 0"),
            Edit(_GROUP, "AND epoch = %(epoch)s RETURNING 1", "AND %(epoch)s >= 0 RETURNING 1"),
            Edit(_LEDGER, "(written.outcomes != len(outcomes) and not again)", "False"),
        ),
        Play(600, "press-release"),
        lambda stage, other, _chance: scenarios.overtaken(stage, other, "committed"),
    ),
    "a sleeper does not look how long it slept": Bug(
        (
            Edit(
                _ENGINE,
                "        for ticket in wanted:\n            if ticket not",
                "        ends += 86_400\n        for ticket in wanted:\n            if ticket not",
            ),
        ),
        _PRESS_RELEASE,
        lambda stage, _other, _chance: scenarios.slept(stage),
    ),
    "another Message-ID after a restart": Bug(
        (
            Edit(
                "worker/delivery/identity.py",
                'derived.update(b"%d" % recipient_id)',
                'derived.update(b"%d %d" % (recipient_id, __import__("os").getpid()))',
            ),
        ),
        _NEWSLETTER,
        _stall(after=STALLED),
    ),
    "no unique key, and whoever is on two lists is there twice": Bug(
        (
            Edit(
                "worker/store/migrations/versions/0001_the_first_tables.py",
                '        sa.PrimaryKeyConstraint("mailing_id", "recipient_id", name=op.f("pk_deliveries")),\n',
                "",
            ),
            Edit("worker/audience/members.py", "members = union(*(", "members = union_all(*("),
            Edit("worker/audience/members.py", "    union,\n", "    union,\n    union_all,\n"),
            Edit(
                "worker/audience/members.py",
                "recipients.c.id.in_(select(members.c.recipient_id))",
                "recipients.c.id == members.c.recipient_id",
            ),
        ),
        Play(30, "press-release", ("media", "obce")),
        lambda stage, _other, _chance: scenarios.frozen(stage),
    ),
    "draining drops the outcomes": Bug(
        (
            Edit(
                _ENGINE,
                "        elif self._begun:\n            self._leave(list(self._begun))\n",
                "        else:\n            return False\n",
            ),
        ),
        Play(300, "press-release"),
        lambda stage, _other, chance: scenarios.drained(stage, chance, 2),
    ),
    "4xx taken for 5xx": Bug(
        (Edit(_ENGINE, "over(row, old, self._answers.put_off(row, now)", "over(row, old, DeliveryState.FAILED"),),
        _NEWSLETTER,
        lambda stage, _other, _chance: scenarios.put_off(stage),
    ),
    "what was approved is not compared": Bug(
        (Edit("worker/delivery/spliced.py", "    if not whole:\n", "    if False:\n"),),
        _PRESS_RELEASE,
        lambda stage, _other, _chance: scenarios.tampered_with(stage),
    ),
    "the dot before the commit": Bug(
        (
            Edit(
                _ENGINE,
                "            written = self._ledger.commit(outcomes, wanted, now, again=self._failing)\n",
                "            for ticket in wanted:\n"
                "                self._finish(ticket, self._begun[ticket], now, began + 60)\n"
                "            written = self._ledger.commit(outcomes, wanted, now, again=self._failing)\n",
            ),
            Edit(_ENGINE, "self._finish(ticket, self._begun.pop(ticket), now, ends)", "self._begun.pop(ticket)"),
        ),
        _PRESS_RELEASE,
        _killed_at("before the commit"),
    ),
    "nobody asks who has left": Bug(
        (
            Edit(_GROUP, "{_LEFT} < ? AND NOT", "{_LEFT} < ? + 1000 AND NOT"),
            Edit(_GROUP, ">= %(all)s\n", ">= %(all)s + 1000\n"),
            Edit("worker/delivery/supply.py", "if row.recipient_id in self._left:", "if False:"),
        ),
        Play(400),
        lambda stage, _other, chance: scenarios.left(stage, chance, 8),
    ),
    "a press release is repeated": Bug(
        (Edit("worker/delivery/recover.py", "    if repeats:\n", "    if True:\n"),),
        _PRESS_RELEASE,
        _stall(after=STALLED),
    ),
    "copies are not counted": Bug(
        (
            Edit(_GROUP, "copies = copies + 1, first_try_at", "copies = copies, first_try_at"),
            Edit(_GROUP, "copies = d.copies + CASE WHEN w.gone THEN 0 ELSE 1 END", "copies = d.copies"),
        ),
        _NEWSLETTER,
        _stall(after=STALLED),
    ),
    "in doubt taken for not sent": Bug(
        (
            Edit(
                _ENGINE,
                "over(row, old, DeliveryState.UNKNOWN, now, Reply(0, why))",
                "self._not_sent(row, old, why, now)",
            ),
        ),
        _NEWSLETTER,
        lambda stage, _other, _chance: scenarios.hung_up_on(stage),
    ),
    "what a dead worker left is not settled": Bug(
        (Edit("worker/delivery/slices.py", "    if row.owner:\n", "    if False:\n"),),
        _NEWSLETTER,
        _stall(after=STALLED),
    ),
    "nothing waits for the disk": Bug(
        (
            Edit("worker/store/database.py", '("PERSIST", "FULL")', '("PERSIST", "OFF")'),
            Edit("worker/store/database.py", '("WAL", "FULL")', '("WAL", "OFF")'),
        ),
        _NEWSLETTER,
        lambda stage, _other, _chance: scenarios.synced_first(stage),
        ("sqlite",),
    ),
}


def seed(bug: Bug, tree: Path) -> None:
    """Make `tree` a copy of the product with the bug in it; the rest of the repository is linked to."""
    tree.mkdir()
    shutil.copytree(ROOT / "worker", tree / "worker")
    for name in ("tests", "templates", "config", "schedules.yaml"):
        (tree / name).symlink_to(ROOT / name)
    for edit in bug.edits:
        file = tree / edit.file
        text = file.read_text("utf-8")
        found = text.count(edit.old)
        assert found == edit.times, f"{edit.file} holds {found} times, not {edit.times}: {edit.old}"
        file.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
