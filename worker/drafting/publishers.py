"""Who is handed an approved text that no machine sends."""

from __future__ import annotations

from worker.kinds import all_kinds
from worker.office import Office


def publisher(office: Office, kind_id: str, in_charge: str) -> str:
    """Id of the person who publishes it: the page's own administrator for a Facebook text, else who is `in_charge`.

    A kind that is no longer built in goes to whoever is in charge too.
    """
    kind = all_kinds().get(kind_id)
    return office.settings.facebook if kind is not None and kind.handed_to == "facebook" else in_charge
