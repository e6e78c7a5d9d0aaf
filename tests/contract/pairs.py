"""The forms of the coordinator's pages, each with the command that does the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.contract.office_of_pairs import (
    SENT,
    WHO_STANDS,
    digest,
    first,
    gone_out,
    much_dropped,
    paused,
    photo,
    place,
    seen,
    stopped,
    withdrawn,
)
from tests.store.sample import NEWSLETTER, PRESS, address
from worker.office import Office
from worker.store.tables import (
    calendar_dates,
    contributions,
    kit_photos,
)


@dataclass(frozen=True)
class Pair:
    """A form and the command that does the same. `{number}` stands for what `number` finds in the office.

    `before` makes the state that this pair alone needs; `files` are those of the form; `varies` names data that is a
    time of day and so differs by the length of the test.
    """

    route: str
    form: dict[str, str]
    command: list[str]
    path: str = ""
    before: Callable[[Office], object] = lambda office: None
    number: Callable[[Office], object] = lambda office: ""
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    varies: tuple[str, ...] = ()
    dated: bool = True
    """Whether the command takes `--now`."""


TERM, MAIL, PLACE = (f"/koordinator/{each}/{{occurrence:path}}" for each in ("termin", "rozesilka", "misto"))
CHOICE, KIT, RECIPIENT = (
    "/koordinator/volba/{occurrence:path}",
    "/koordinator/podklady/{occurrence:path}",
    "/koordinator/prijemci/{id:int}",
)
WHY = "Protože to tak chceme."
R = ["--reason", WHY]
PAIRS = {
    "release": Pair(
        TERM, {"version": "1", "reason": WHY}, ["occurrence", "release", PRESS, *R], f"/koordinator/termin/{PRESS}"
    ),
    "ask anew": Pair(
        CHOICE,
        {"choice": "ask", "seen": "{number}", "reason": WHY},
        ["occurrence", "send-now", PRESS, *R],
        number=seen,
        varies=("send_at", "digest"),
    ),
    "move": Pair(
        CHOICE,
        {"choice": "move", "seen": "{number}", "day": "2026-12-15", "hour": "10:00", "reason": WHY},
        ["occurrence", "move", PRESS, "2026-12-15T10:00", *R],
        number=seen,
    ),
    "drop": Pair(
        CHOICE, {"choice": "drop", "seen": "{number}", "reason": WHY}, ["occurrence", "drop", PRESS, *R], number=seen
    ),
    "done": Pair(
        CHOICE,
        {"choice": "done", "address": "https://www.example.org", "on": "2026-11-30", "reason": WHY},
        ["occurrence", "done", PRESS, "--url", "https://www.example.org", "--on", "2026-11-30", *R],
    ),
    "pause": Pair(MAIL, {"order": "pause", "reason": WHY}, ["delivery", "pause", SENT, *R]),
    "pause without a reason": Pair(MAIL, {"order": "pause"}, ["delivery", "pause", SENT]),
    "resume": Pair(MAIL, {"order": "resume", "reason": WHY}, ["delivery", "resume", SENT, *R], before=paused),
    "again": Pair(MAIL, {"order": "again", "reason": WHY}, ["delivery", "again", SENT, *R]),
    "cancel": Pair(MAIL, {"order": "cancel", "reason": WHY}, ["delivery", "cancel", SENT, *R]),
    "settle": Pair(
        MAIL,
        {"address": address(3), "outcome": "sent", "reason": WHY},
        ["delivery", "settle", SENT, address(3), "sent", *R],
    ),
    "out": Pair(
        PLACE,
        {"place": "{number}", "how": "out", "address": "https://www.example.org/1"},
        ["publication", "out", SENT, "--medium", "web-kraje", "--url", "https://www.example.org/1"],
        number=place("web-kraje"),
    ),
    "not": Pair(
        PLACE,
        {"place": "{number}", "how": "not", "note": WHY},
        ["publication", "not", SENT, "--medium", "web-kraje", "--note", WHY],
        number=place("web-kraje"),
    ),
    "down": Pair(
        PLACE,
        {"place": "{number}", "how": "down"},
        ["publication", "down", SENT, "--medium", "web-kraje"],
        before=withdrawn,
        number=place("web-kraje"),
    ),
    "publish again": Pair(
        PLACE,
        {"place": "{number}", "how": "again", "note": WHY},
        ["publication", "again", SENT, "--medium", "facebook-kraje", *R],
        number=place("facebook-kraje"),
    ),
    "medium": Pair(
        "/koordinator/medium/{medium}",
        {"reason": WHY},
        ["publication", "resume", "facebook-kraje", *R],
        "/koordinator/medium/facebook-kraje",
    ),
    "correct": Pair(
        "/koordinator/oprava/{occurrence:path}",
        {"reason": WHY},
        ["occurrence", "correct", SENT, *R],
        before=gone_out,
        varies=("send_at",),
    ),
    "new": Pair(
        "/koordinator/novy",
        {"kind": "press-release", "called": "Mimořádně", "reason": WHY},
        ["occurrence", "new", "press-release", "--title", "Mimořádně", *R],
        varies=("send_at",),
    ),
    "take a date": Pair(
        "/koordinator/akce",
        {"order": "take {number}"},
        ["agenda", "take", "{number}"],
        number=first(calendar_dates.c.id),
    ),
    "leave a date": Pair(
        "/koordinator/akce",
        {"order": "leave {number}"},
        ["agenda", "leave", "{number}"],
        number=first(calendar_dates.c.id),
    ),
    "add a date": Pair(
        "/koordinator/akce",
        {"order": "add", "title": "Setkání", "day": "20. 12. 2026", "place": "Liberec", "organiser": "Kraj"},
        ["agenda", "add", "--title", "Setkání", "--day", "20. 12. 2026", "--place", "Liberec", "--organiser", "Kraj"],
    ),
    "partners": Pair("/koordinator/akce", {"order": "link"}, ["access", "partners"]),
    "calendar": Pair("/koordinator/kalendar", {"order": "calendar"}, ["access", "calendar"]),
    "end the calendar": Pair("/koordinator/kalendar", {"order": "end-calendar"}, ["access", "end", "calendar"]),
    "sign out everywhere": Pair("/koordinator/kalendar", {"order": "end-sessions"}, ["access", "end", "sessions"]),
    "add a recipient": Pair(
        "/koordinator/prijemci",
        {"order": "add", "address": "nova@obec.example.org", "name": "Obec", "kind": "institution", "list": "obce"},
        ["recipients", "add", "obce", "nova@obec.example.org", "--name", "Obec", "--kind", "institution"],
    ),
    "put": Pair(
        RECIPIENT,
        {"order": "put", "new": "jini"},
        ["recipients", "put", address(21), "jini"],
        "/koordinator/prijemci/{number}",
        number=WHO_STANDS,
    ),
    "move a recipient": Pair(
        RECIPIENT,
        {"order": "move", "old": "obce", "new": "jini"},
        ["recipients", "move", address(21), "obce", "jini"],
        "/koordinator/prijemci/{number}",
        number=WHO_STANDS,
    ),
    "take off": Pair(
        RECIPIENT,
        {"order": "take_off", "old": "obce"},
        ["recipients", "take-off", address(21), "obce"],
        "/koordinator/prijemci/{number}",
        number=WHO_STANDS,
    ),
    "stop": Pair(
        RECIPIENT,
        {"order": "stop"},
        ["recipients", "stop", address(21)],
        "/koordinator/prijemci/{number}",
        number=WHO_STANDS,
    ),
    "start": Pair(
        RECIPIENT,
        {"order": "start"},
        ["recipients", "start", address(21)],
        "/koordinator/prijemci/{number}",
        before=stopped,
        number=WHO_STANDS,
    ),
    "import": Pair(
        "/koordinator/vlozeni",
        {"list": "obce"},
        ["recipients", "import", "obce", "{file}"],
        files={"file": ("obce.csv", b"address,name\nurad@nova.example.org,Nova\n")},
        dated=False,
    ),
    "include": Pair(
        "/koordinator/prispevky/{occurrence:path}",
        {"number": "{number}", "seen": "0", "choice": "included", "note": "Děkujeme."},
        ["contribution", "include", "{number}", "--note", "Děkujeme."],
        f"/koordinator/prispevky/{NEWSLETTER}",
        number=first(contributions.c.id),
    ),
    "leave out": Pair(
        "/koordinator/prispevky/{occurrence:path}",
        {"number": "{number}", "seen": "0", "choice": "left-out"},
        ["contribution", "leave-out", "{number}"],
        f"/koordinator/prispevky/{NEWSLETTER}",
        number=first(contributions.c.id),
    ),
    "add a photo": Pair(
        KIT,
        {"order": "add", "description": "Radnice", "author": "Jan Vzor", "people": "nobody"},
        ["kit", "add", PRESS, "{file}", "--description", "Radnice", "--author", "Jan Vzor"],
        f"/koordinator/podklady/{PRESS}",
        files={"photo": ("radnice.jpg", photo())},
    ),
    "remove a photo": Pair(
        KIT,
        {"order": "remove", "number": "{number}"},
        ["kit", "remove", PRESS, "{number}"],
        f"/koordinator/podklady/{PRESS}",
        number=first(kit_photos.c.id),
    ),
    "themes": Pair(
        KIT,
        {"order": "themes", "themes": "bydleni"},
        ["kit", "themes", PRESS, "bydleni"],
        f"/koordinator/podklady/{PRESS}",
    ),
    "withdraw": Pair(KIT, {"order": "withdraw", "reason": WHY}, ["occurrence", "withdraw", SENT, *R]),
    "confirm a list": Pair("/koordinator/seznamy", {"list": "obce"}, ["recipients", "confirm", "obce"]),
    "accept an edit": Pair(
        "/koordinator/plan",
        {"digest": "{number}", "reason": WHY},
        ["plan", "accept", *R],
        before=much_dropped,
        number=digest,
    ),
}
