"""Who gets a mailing: the union of the lists and all they include, each once, save who left exactly these lists."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from tests.store.sample import NEWSLETTER, NOW, PRESS, add_people, address, approved_draft
from worker.audience import tokens
from worker.audience.export import members
from worker.audience.leaving import leave as leaving
from worker.audience.members import Addressed, audience, size, sizes
from worker.delivery import identity
from worker.delivery.freeze import freeze
from worker.errors import HlasatelError
from worker.office import Office
from worker.store.tables import deliveries, departures, events, mailings, memberships


def ids(tx: Connection, office: Office, *lists: str) -> list[int]:
    return [row.id for row in tx.execute(audience(office, Addressed(lists), NOW))]


def begin(tx: Connection, office: Office, kind: str, occurrence: str, *lists: str) -> int:
    return freeze(tx, office, occurrence, approved_draft(tx, kind, occurrence), Addressed(lists), NOW)


def token_of(tx: Connection, office: Office, mailing_id: int, recipient_id: int) -> str:
    """The token that this recipient's mail carries."""
    mailing = tx.execute(select(mailings).where(mailings.c.id == mailing_id)).one()
    derived = identity.of_mailing(office.settings, mailing_id, mailing.key_id, mailing.domain)
    return derived.unsubscribe_token(recipient_id)


def go(tx: Connection, office: Office, mailing_id: int, recipient_id: int) -> bool:
    found = leaving.find(tx, office.settings.secret_keys, token_of(tx, office, mailing_id, recipient_id))
    assert found is not None
    return leaving.leave(tx, office, found, NOW)


def test_an_audience_is_the_union_with_everything_included_each_once(office: Office) -> None:
    with office.database.write() as tx:
        regional = add_people(tx, "media-regionalni", [1, 2, 3])
        national = add_people(tx, "media-celostatni", [3, 4])
        own = add_people(tx, "media", [4, 5])
        towns = add_people(tx, "obce", [5, 6])
        expected = sorted({*regional, *national, *own})
        assert sorted(ids(tx, office, "media")) == expected
        assert sorted(ids(tx, office, "media-regionalni")) == regional
        assert sorted(ids(tx, office, "media", "media-regionalni", "obce")) == sorted({*expected, *towns})
        assert sorted(ids(tx, office, "vsichni")) == sorted({*expected, *towns})
        assert size(tx, office, Addressed(("media",)), NOW) == 5
        assert sizes(tx, office, ["obce", "media"], NOW) == {"obce": 2, "media": 5}
        assert list(sizes(tx, office, ["obce", "media"], NOW)) == ["obce", "media"]


def test_no_list_and_an_empty_list_are_nobody(office: Office) -> None:
    with office.database.write() as tx:
        add_people(tx, "obce", [1])
        assert ids(tx, office) == []
        assert ids(tx, office, "media") == []
        assert size(tx, office, Addressed(()), NOW) == 0


def test_an_unknown_list_is_a_sentence(office: Office) -> None:
    with office.database.read() as tx, pytest.raises(HlasatelError, match="medja"):
        ids(tx, office, "medja")


def test_leaving_an_including_list_leaves_that_lists_mailings_only(office: Office) -> None:
    with office.database.write() as tx:
        jan, eva = add_people(tx, "media", [1, 2])
        letter = begin(tx, office, "newsletter", NEWSLETTER, "vsichni")
        release = begin(tx, office, "press-release", PRESS, "media")
        assert go(tx, office, letter, jan) is True
        assert ids(tx, office, "vsichni") == [eva]
        assert sorted(ids(tx, office, "media")) == [jan, eva], "membership in the included list stays"
        assert sorted(ids(tx, office, "media", "vsichni")) == [jan, eva]
        assert go(tx, office, release, eva) is True
        assert ids(tx, office, "media") == [jan]
        assert ids(tx, office, "vsichni") == [eva]
        assert len(tx.execute(select(memberships)).all()) == 2


def test_leaving_twice_is_once(office: Office) -> None:
    with office.database.write() as tx:
        (jan,) = add_people(tx, "media", [1])
        mailing = begin(tx, office, "press-release", PRESS, "media")
        found = leaving.find(tx, office.settings.secret_keys, token_of(tx, office, mailing, jan))
        assert found is not None and not leaving.has_left(tx, found)
        assert (found.occurrence_id, found.lists) == (PRESS, ("media",))
        assert [go(tx, office, mailing, jan) for _ in range(3)] == [True, False, False]
        assert leaving.has_left(tx, found)
        assert len(tx.execute(select(departures)).all()) == 1
        left = tx.execute(select(events.c.data).where(events.c.kind == "list.left")).scalars().all()
    assert left == [f'{{"lists":["media"],"recipient":{jan}}}']


def test_a_wrong_token_is_nobodys(office: Office) -> None:
    with office.database.write() as tx:
        (jan,) = add_people(tx, "media", [1])
        token = token_of(tx, office, begin(tx, office, "press-release", PRESS, "media"), jan)
        for wrong in ("", "A" * 22, token[:-1], token + "A", token.swapcase(), "\0", "ř" * 22):
            assert leaving.find(tx, office.settings.secret_keys, wrong) is None


def test_who_left_stays_away_when_imported_again(office: Office) -> None:
    with office.database.write() as tx:
        (jan,) = add_people(tx, "media-regionalni", [1])
        go(tx, office, begin(tx, office, "press-release", PRESS, "media"), jan)
        add_people(tx, "media", [1])
        assert ids(tx, office, "media") == []
        assert ids(tx, office, "media-regionalni") == [jan]


def test_the_members_of_a_list_are_those_of_the_lists_it_includes(office: Office) -> None:
    with office.database.write() as tx:
        add_people(tx, "media-regionalni", [2, 1])
        add_people(tx, "media", [1, 3])
        assert [each.address for each in members(tx, office, "media")] == [address(1), address(2), address(3)]
        with pytest.raises(HlasatelError, match="medja"):
            members(tx, office, "medja")


def test_the_token_fits_one_header_line_and_is_not_stored(office: Office) -> None:
    with office.database.write() as tx:
        (jan,) = add_people(tx, "media", [1])
        mailing = begin(tx, office, "press-release", PRESS, "media")
        token = token_of(tx, office, mailing, jan)
        assert tx.execute(select(deliveries.c.unsubscribe_hash)).scalar_one() is None
    assert len(token) == 22


def test_a_token_survives_the_rotation_of_its_key_and_no_other(office: Office) -> None:
    own, other = office.settings.secret_keys[0], b"another-key-of-32-characters-001"
    with office.database.write() as tx:
        (jan,) = add_people(tx, "media", [1])
        mailing = begin(tx, office, "press-release", PRESS, "media")
        token = token_of(tx, office, mailing, jan)
        for keys, known in (([own], True), ([other, own], True), ([other], False)):
            assert (leaving.find(tx, keys, token) is not None) is known
        foreign = tokens.maker(other, mailing)(jan)
        assert leaving.find(tx, [other, own], foreign) is None, "a key that is not the mailing's makes no token of it"
        nobody = tokens.maker(own, mailing)(jan + 1)
        assert leaving.find(tx, [own], nobody) is None, "nor is there one without a delivery"


def test_a_mail_of_an_older_version_still_leads_to_its_recipient(office: Office) -> None:
    """Their tokens were no block of ours; only a hash of them was kept."""
    old = "c29tZS10b2tlbi0xNi1ieQ"
    with office.database.write() as tx:
        (jan,) = add_people(tx, "media", [1])
        mailing = begin(tx, office, "press-release", PRESS, "media")
        tx.execute(deliveries.update().values(unsubscribe_hash=leaving.token_hash(old)))
        found = leaving.find(tx, office.settings.secret_keys, old)
    assert found == leaving.Leaving(mailing, jan, PRESS, ("media",))


def test_no_text_but_a_token_is_read_as_one() -> None:
    key = b"k" * 32
    token = tokens.maker(key, 7)(123_456_789_012)
    assert tokens.read(key, token) == (7, 123_456_789_012)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same_bits = [token[:-1] + each for each in last if each != token[-1]]
    for wrong in (
        *same_bits,
        token + "=",
        token[:21],
        f" {token}",
        "",
        "ř" * 22,
        "A" * 22,
        token.replace(token[3], "+"),
    ):
        assert tokens.read(key, wrong) is None
