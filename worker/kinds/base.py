"""What a kind is: one form of communication, its fields, its templates and its lint.

What holds for every kind stands in `checks`; a kind adds only what is its own. A new kind is one new file here and one
folder of templates.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Literal

from worker.kinds import checks
from worker.kinds.parts import Field, Finding, Material, Post


class Kind(ABC):
    """A form of communication. `templates` is its folder under the templates' root, with `/` between parts."""

    id: ClassVar[str]
    label_key: ClassVar[str]
    channel: ClassVar[Literal["email", "handoff"]]
    sources: ClassVar[tuple[str, ...]]
    fields: ClassVar[tuple[Field, ...]]
    templates: ClassVar[str]
    max_lateness: ClassVar[timedelta]
    resend_after_crash: ClassVar[bool] = False
    has_html: ClassVar[bool] = True
    forms: ClassVar[tuple[str, ...]] = ()
    """Ids of the forms its files are made in, to be downloaded; each is made from the template that the form names."""
    attached: ClassVar[tuple[str, ...]] = ()
    """Forms that go with every mail of a mailing as well; what is handed off goes out with all its files."""
    inline: ClassVar[tuple[str, ...]] = ()
    """Forms of pictures that stand in the HTML: `images["<form>"]` in `body.html` is the address of each."""
    public: ClassVar[bool] = False
    """Whether everybody may read it: then it is shown at `/archiv` once it is sent, after its embargo."""
    handed_to: ClassVar[Literal["in-charge", "facebook"]] = "in-charge"
    """Who publishes what is handed off: whoever is in charge of the activity, or of the office's Facebook page."""
    handed_for: ClassVar[Literal["publish", "serial", "print", "present", "order", "hang", "pass_on"]] = "publish"
    """What that person does with it, in the words of `messages/handoff.toml`."""
    counted: ClassVar[tuple[str, ...]] = ()
    """Fields whose characters that person counts, as Facebook or a page has room for so many; none: nobody counts."""

    for_each: ClassVar[bool] = False
    """Whether a package may hold, beside the common one, one of every body that sent something in (000:540)."""
    body: ClassVar[str] = ""
    """The id of the contributor whose own it is; empty for the common one."""

    def lint(self, fields: Mapping[str, str], material: Material) -> tuple[Finding, ...]:
        """Every remark on `fields` (id → text), errors first; never raises for what a person may have typed."""
        findings = [
            *checks.missing(self.fields, fields),
            *checks.unreadable(self.fields, fields),
            *checks.unusual(self.fields, fields),
            *checks.without_funder(fields, material),
            *checks.former_days(self.fields, fields, material),
            *checks.of_translation(self.id, fields, material),
            *checks.over_before_it_is_sent(fields, material),
            *self.advise(fields, material),
            *checks.hard_to_read(self.fields, fields, material),
        ]
        return tuple(sorted(findings, key=lambda finding: finding.level))

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """The remarks that only this kind makes."""
        yield from ()

    def posts(self, fields: Mapping[str, str]) -> tuple[Post, ...]:
        """What is posted of it on a page, in its order; nothing for a kind that is no post."""
        return ()

    def tells_of_people(self, fields: Mapping[str, str]) -> bool:
        """Whether this text tells of people, whatever its row says: then it takes their recorded consent (000:431)."""
        return False
