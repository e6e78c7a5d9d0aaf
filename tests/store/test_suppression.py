"""Addresses that are never written to again: kept as hashes, under a key that must stay the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.store.sample import NOW, add_people
from worker.audience.suppression import Reason, suppress, suppression_of
from worker.errors import HlasatelError
from worker.office import Office
from worker.store.tables import recipients, suppressions

ADDRESS = "clovek@example.org"


def test_it_is_kept_once_with_its_first_reason_and_without_the_address(office: Office) -> None:
    with office.database.write() as tx:
        assert suppress(tx, office, ADDRESS, Reason.BOUNCE, NOW, "5.1.1")
        assert not suppress(tx, office, ADDRESS, Reason.ASKED, NOW)
        found = suppression_of(tx, office, ADDRESS)
        assert found is not None
        assert (found.reason, found.detail, found.at) == ("bounce", "5.1.1", NOW)
        assert suppression_of(tx, office, "jiny@example.org") is None
        kept = tx.execute(select(suppressions)).one()
    assert ADDRESS.encode() not in kept.hash and len(kept.hash) == 32


def test_a_recipient_on_any_list_is_marked(office: Office) -> None:
    with office.database.write() as tx:
        add_people(tx, "media", range(1, 3))
        first, second = tx.execute(select(recipients.c.address).order_by(recipients.c.id)).scalars()
        suppress(tx, office, first, Reason.COMPLAINT, NOW)
        marks = {row.address: row.suppressed for row in tx.execute(select(recipients))}
    assert marks == {first: "complaint", second: ""}


def test_another_key_is_refused_before_anything_is_written(office: Office) -> None:
    with office.database.write() as tx:
        suppress(tx, office, ADDRESS, Reason.ERASED, NOW)
    other = replace(office, settings=replace(office.settings, given_suppression_key=b"a-key-of-another-office"))
    with office.database.write() as tx:
        with pytest.raises(HlasatelError, match=r"suppression\.key"):
            suppress(tx, other, "jiny@example.org", Reason.ASKED, NOW)
        assert len(tx.execute(select(suppressions)).all()) == 1
