"""What people write in fields, as HTML and as plain text."""

from __future__ import annotations

from worker.drafting.markdown import paragraphs, to_html, to_text


def test_raw_html_images_and_scripts_do_not_act() -> None:
    html = to_html('<script>alert(1)</script> ![x](https://x.cz/a.png) [y](javascript:alert(1)) <img src="x">')
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_a_date_at_the_start_of_a_line_is_no_list() -> None:
    assert to_html("8. prosince 2026 zasedne rada.") == "<p>8. prosince 2026 zasedne rada.</p>\n"
    assert "<ol" not in to_html("- 1. pololetí 2027: články\n- 31. 12. 2026: konec")
    assert to_text("- 8. prosince 2026: rada") == "- 8. prosince 2026: rada".replace("8. ", "8.\N{NO-BREAK SPACE}")


def test_a_numbered_list_stays_one() -> None:
    assert to_html("1. Bydlení\n2. Dluhy").count("<li>") == 2
    assert to_text("1. Bydlení\n2. Dluhy") == "1. Bydlení\n2. Dluhy"


def test_plain_text_reads_well() -> None:
    text = to_text(
        "## Nadpis\n\nPrvní **tučný** odstavec\nna dvou řádcích s [odkazem](https://kraj.example.org/a).\n\n"
        "- jedna\n- dvě\n  - vnořená\n\n<https://kraj.example.org> a <mluvci@kraj.example.org>"
    )
    assert text.replace("\N{NO-BREAK SPACE}", " ") == (
        "Nadpis\n\nPrvní tučný odstavec na dvou řádcích s odkazem (https://kraj.example.org/a).\n\n"
        "- jedna\n- dvě\n  - vnořená\n\nhttps://kraj.example.org a mluvci@kraj.example.org"
    )


def test_long_lines_are_filled_and_addresses_stay_whole() -> None:
    address = "https://kraj.example.org/" + "a" * 90
    lines = to_text("slovo " * 40 + f"<{address}>").split("\n")
    assert address in lines
    assert all(len(line) <= 76 for line in lines if line != address)


def test_plain_fields_keep_their_lines_and_are_escaped() -> None:
    assert paragraphs("A & <b>\nB\n\nC") == "<p>A &amp; &lt;b&gt;<br>B</p>\n<p>C</p>\n"
