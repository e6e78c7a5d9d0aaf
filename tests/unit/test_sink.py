"""The outlet that leads nowhere: everybody is accepted, nothing is connected to, what was taken can be had once."""

from __future__ import annotations

from worker.channels.email import Outlet, Sink


def test_it_takes_every_mail_and_gives_each_once() -> None:
    sink = Sink()
    outlet: Outlet = sink
    for recipient in ("a@example.org", "b@example.org"):
        outlet.begin("sender@example.org", recipient)
        assert outlet.finish(b"Subject: x\r\n\r\n", recipient).code // 100 == 2
    taken = [(mail.recipient, mail.data) for mail in sink.empty()]
    assert taken == [(each, b"Subject: x\r\n\r\n") for each in ("a@example.org", "b@example.org")]
    assert sink.empty() == []


def test_an_abandoned_envelope_leaves_nothing() -> None:
    sink = Sink()
    sink.begin("sender@example.org", "a@example.org")
    sink.abandon()
    sink.close()
    assert sink.empty() == []
