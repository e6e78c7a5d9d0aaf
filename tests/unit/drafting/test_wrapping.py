"""Lines of the text part are filled for mail programs and flow again on a page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.drafting.typography import typeset
from worker.drafting.wrapping import WIDTH, unwrapped, wrap

WORDS = st.lists(st.text("abcdeě", min_size=2, max_size=20), min_size=1, max_size=60)


@given(WORDS)
def test_what_was_wrapped_flows_again(words: list[str]) -> None:
    text = " ".join(words)
    assert all(len(line) <= WIDTH for line in wrap(text).split("\n"))
    assert unwrapped(wrap(text)) == typeset(text)


def test_the_author_s_own_lines_stay() -> None:
    long = "slovo " * 12 + "konec"
    text = f"Titulek\n{'=' * WIDTH}\n\nPozdrav\nJméno\n\n- {long}\n- druhá položka\n\n{long} | 1\nsplněno 1 | plněno 2"
    assert unwrapped(text) == text.replace("=" * WIDTH + "\n", "")
