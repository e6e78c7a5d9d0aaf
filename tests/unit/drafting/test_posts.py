"""What is posted of a text stands in the text that its approver reads, whatever she typed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.unit.drafting.sample import PRESS, context
from worker.drafting.make import freeze, redraft
from worker.errors import HlasatelError
from worker.kinds import all_kinds
from worker.publishing.parts import posted

ODD = 'V "poradně" - 9.-26. ledna 2024-2027:\n\n• 5-10 lidí\n•  k 1. 1. 2027...\n\n   12500 obyvatel \n\nwww.x.org/a'
POSTS = [
    ("facebook-text", {"text": ODD}),
    ("facebook-text", {"text": ODD, "link": "https://www.example.org/2024-2025/a--b?c=1&d=2"}),
    ("facebook-text", {"text": ODD, "image": "namesti-2024-2025.jpg", "description": 'Dveře "poradny" v 8:00-16:00'}),
    ("facebook-text", {"text": ODD, "image": "https://www.example.org/a.jpg", "description": "Dveře", "link": "https://x.example.org"}),
    ("facebook-serial", {"headline": 'Komu "pomáháme"', "parts": f"{ODD}\n---\n{ODD}", "apart": "3"}),
    ("facebook-serial", {"headline": "Seriál 1/2", "parts": "A\n---\n\nB\n\n---\nC", "apart": "1", "closing": ODD}),
]  # fmt: skip


def draft(kind: str, fields: dict[str, str]) -> Any:
    return redraft(kind, fields, freeze(all_kinds()[kind], context(kind, PRESS)))


@pytest.mark.parametrize(("kind", "fields"), POSTS)
def test_every_part_stands_in_what_is_shown(kind: str, fields: dict[str, str]) -> None:
    made = draft(kind, fields)
    number = len(all_kinds()[kind].posts(made.fields))
    shown = " ".join(made.text.split())
    for part in range(1, number + 1):
        words = posted(made, part)
        assert words["text"] and " ".join(words["text"].split()) in shown


def test_another_word_than_those_shown_is_refused() -> None:
    made = draft("facebook-text", {"text": ODD, "link": "https://www.example.org/a"})
    for name, other in (("text", "Jiný text."), ("link", "https://www.example.org/b"), ("image", "b.jpg")):
        changed = cast(Any, type("Row", (), {**vars(made), "fields": made.fields | {name: other}}))
        with pytest.raises(HlasatelError):
            posted(changed, 0)


def test_what_is_no_post_has_no_words_for_a_page() -> None:
    made = cast(Any, type("Row", (), {"kind": "press-release", "fields": {"body": "Text"}, "text": "Text"}))
    assert posted(made, 0) == {}
