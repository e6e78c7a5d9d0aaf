"""What the parts of a measurement share: a folder, the databases, and offices prepared once and copied for each run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.prepared import configuration, migrate, prepare
from bench.rounds import tell
from bench.stores import SETTINGS, Store, postgres_store, sqlite_store


@dataclass
class Workshop:
    """`connections` to the relay that ours may have; `stores` by name."""

    folder: Path
    connections: int
    stores: dict[str, Store]
    _templates: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return configuration(self.folder, connections=self.connections)

    def template(self, store: Store, people: int) -> str:
        """A database in which the newsletter for so many is approved; made when first asked for. For 0 an empty one."""
        key = store.name, people
        if key not in self._templates:
            if people == 0:
                migrate(url := store.new())
            else:
                tell(f"preparing {people} recipients on {store.name}")
                prepare(url := store.new(self.template(store, 0)), people)
            self._templates[key] = url
        return self._templates[key]


@contextmanager
def workshop(place: Path, connections: int, settings: Mapping[str, str] = SETTINGS) -> Iterator[Workshop]:
    """Everything that is measured writes below `place`, SQLite files too; all of it is taken away again.

    `settings` are the PostgreSQL server's, whose data goes where temporary files go.
    """
    place.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(dir=place)))
        folder.chmod(0o755)  # PostgreSQL runs as somebody else where this runs as root
        stores = stack.enter_context(sqlite_store(folder)), stack.enter_context(postgres_store(settings))
        yield Workshop(folder, connections, {store.name: store for store in stores})


def file_system(folder: Path) -> str:
    """The sort of file system a folder is on, as /proc/mounts has it."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    inside = [(len(place), sort) for _, place, sort, *_ in mounts if folder.resolve().is_relative_to(place)]
    return max(inside)[1]
