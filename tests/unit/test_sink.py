"""The outlet that leads nowhere: everybody is accepted, nothing is connected to, what was taken can be had once."""

from __future__ import annotations

from worker.channels.email import Carrier, Outlet, Sink, SinkCarrier
from worker.smtp.carrier import Accepted, Envelope, Ready


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


def test_a_carrier_that_leads_to_it_takes_what_is_finished_and_nothing_else() -> None:
    sink = Sink()
    carrier: Carrier = SinkCarrier(sink)
    carrier.begin(Envelope(1, "sender@example.org", "a@example.org"))
    carrier.begin(Envelope(2, "sender@example.org", "b@example.org"))
    assert carrier.wait(0) == [Ready(1), Ready(2)]
    carrier.abandon(2)
    carrier.finish(1, [b"Subject: x\r\n\r\n", b"..dot\r\n"], Envelope(3, "sender@example.org", "c@example.org"))
    accepted, ready = carrier.wait(0)
    assert isinstance(accepted, Accepted) and ready == Ready(3)
    carrier.abandon(3)
    carrier.close()
    assert [(mail.recipient, mail.data) for mail in sink.empty()] == [("a@example.org", b"Subject: x\r\n\r\n.dot\r\n")]
    assert carrier.room() == SinkCarrier.MOST
