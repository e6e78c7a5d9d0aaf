"""The one line of links on every page of the coordinator, with the page that is shown marked."""

from __future__ import annotations

from dataclasses import dataclass

_PAGES = (
    ("", "overview"),
    ("/harmonogram", "timetable"),
    ("/plan", "plan"),
    ("/vykaz", "report"),
    ("/prispevky", "contributions"),
    ("/akce", "events"),
    ("/seznamy", "lists"),
    ("/prijemci", "recipients"),
    ("/zdroje", "feeds"),
    ("/kanaly", "media"),
    ("/novy", "ad_hoc"),
)
"""Path below `/koordinator` → what it is called (`messages/navigation.toml`), in the order of the line."""
_PART_OF = {"/vlozeni": "/prijemci", "/termin": "/harmonogram", "/oprava": "/harmonogram", "/podklady": "/harmonogram"}
"""Pages that stand in no line of their own, by the one they are come to from."""
TOP = "/koordinator"


@dataclass(frozen=True)
class Link:
    """One link: its path below the base address, the key of its name, and `aria-current` (empty for another page)."""

    path: str
    key: str
    current: str


def links(path: str) -> list[Link]:
    """The links as the page at `path`, below the base address, shows them."""
    below = path.removeprefix(TOP).rstrip("/")
    first = f"/{below.split('/')[1]}" if below else ""
    section = _PART_OF.get(first, first)
    return [Link(TOP + each, f"navigation.{key}", _current(each, below, section)) for each, key in _PAGES]


def _current(page: str, below: str, section: str) -> str:
    if page == below:
        return "page"
    return "true" if page and page == section else ""
