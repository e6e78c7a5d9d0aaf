"""Whether the record is whole and true: its chain, seals from outside and from the database, and what it speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from worker.dossier.compared import Compared, Looked, differences
from worker.messages import say
from worker.record import chain, seals
from worker.record.chain import Break, Fault, Walked
from worker.record.seals import Seal

MOST_TOLD = 50
"""Faults of each sort that are told one by one; the others are counted."""


@dataclass(frozen=True)
class BrokenSeal:
    """A seal that does not hold. `own`: it is the database's, not one from outside."""

    seal: Seal
    own: bool
    cut_off: bool
    """The record ends before the line that was sealed; else that line is another one now."""


@dataclass
class Verified:
    """What was found. `head` is the seal of the record as it stands, None for an empty one."""

    lines: int = 0
    head: Seal | None = None
    faults: list[Fault] = field(default_factory=list)
    broken_seals: list[BrokenSeal] = field(default_factory=list)
    seals: int = 0
    compared: list[Compared] = field(default_factory=list)
    looked: Looked = field(default_factory=Looked)
    more: int = 0
    """Faults beyond those that are told."""

    @property
    def whole(self) -> bool:
        return not (self.faults or self.broken_seals or self.compared)


def verify(tx: Connection, against: Sequence[Seal], passed: Callable[[int], None] = lambda _number: None) -> Verified:
    """Walk the whole record and compare; `passed` is told now and then how many lines and rows were looked at."""
    found, wanted = Verified(), _wanted(tx, against)
    found.seals = sum(map(len, wanted.values()))

    def one(line: Walked) -> None:
        found.lines += 1
        found.head = Seal(line.seq, line.hash)
        for seal, own in wanted.pop(line.seq, ()):
            if seal.hash != line.hash:
                found.broken_seals.append(BrokenSeal(seal, own, cut_off=False))
        passed(found.lines)

    for fault in chain.every_fault(tx, one):
        _keep(found, found.faults, fault)
    for seq in sorted(wanted):
        found.broken_seals += [BrokenSeal(seal, own, cut_off=True) for seal, own in wanted[seq]]
    for each in differences(tx, found.looked, lambda: passed(found.lines + found.looked.versions)):
        _keep(found, found.compared, each)
    return found


def told(found: Verified) -> list[str]:
    """Every fault as a sentence that says exactly where."""
    last = found.head.seq if found.head is not None else 0
    return [
        *(_fault(each) for each in found.faults),
        *(_seal(each, last) for each in found.broken_seals),
        *(_compared(each) for each in found.compared),
        *([say("record.more", number=found.more)] if found.more else []),
    ]


def as_json(found: Verified) -> dict[str, Any]:
    """`whole`, the `head` as a seal, and every fault with its place and its sentence."""
    return {
        "whole": found.whole,
        "lines": found.lines,
        "head": str(found.head) if found.head is not None else None,
        "seals": found.seals,
        "compared": vars(found.looked),
        "faults": list(_listed(found)),
        "more": found.more,
    }


def _listed(found: Verified) -> Iterator[dict[str, Any]]:
    last = found.head.seq if found.head is not None else 0
    where: dict[str, Any]
    for fault in found.faults:
        where = {"seq": fault.seq, "until": fault.until, "occurrence": fault.occurrence}
        yield {"what": fault.what, **where, "text": _fault(fault)}
    for broken in found.broken_seals:
        where = {"seq": broken.seal.seq, "cut_off": broken.cut_off, "own": broken.own}
        yield {"what": "seal", **where, "text": _seal(broken, last)}
    for each in found.compared:
        where = {"seq": each.seq, "occurrence": each.occurrence, "version": each.version}
        yield {"what": each.what, **where, "text": _compared(each)}


def _wanted(tx: Connection, against: Sequence[Seal]) -> dict[int, list[tuple[Seal, bool]]]:
    wanted: dict[int, list[tuple[Seal, bool]]] = defaultdict(list)
    for seal in against:
        wanted[seal.seq].append((seal, False))
    for seal in seals.kept(tx):
        if (seal, False) not in wanted[seal.seq]:
            wanted[seal.seq].append((seal, True))
    return wanted


def _keep(found: Verified, told: list[Any], each: Any) -> None:
    if len(told) < MOST_TOLD:
        told.append(each)
    else:
        found.more += 1


def _fault(fault: Fault) -> str:
    if fault.what is Break.MISSING:
        several = fault.until is not None and fault.until > fault.seq
        return say(f"record.missing{'_several' if several else ''}", seq=fault.seq, until=fault.until)
    where = ", ".join(each for each in (fault.occurrence, fault.kind) if each) or say("record.of_no_occurrence")
    return say(f"record.{fault.what.replace('-', '_')}", seq=fault.seq, where=where)


def _seal(broken: BrokenSeal, last: int) -> str:
    whose = say("record.seal_own" if broken.own else "record.seal_given")
    key = "record.seal_cut_off" if broken.cut_off else "record.seal_other"
    return say(key, seq=broken.seal.seq, last=last, whose=whose)


def _compared(each: Compared) -> str:
    said = say(
        f"record.differs_{each.what.replace('-', '_')}",
        occurrence=each.occurrence, version=each.version, detail=each.detail,
    )  # fmt: skip
    return said + (" " + say("record.by_line", seq=each.seq) if each.seq is not None else "")
