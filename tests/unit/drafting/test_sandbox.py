"""Templates that the office edits: what they may not reach, and how much they may do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from worker.drafting.loader import BrokenTemplate
from worker.drafting.sandbox import MOST
from worker.drafting.templating import Templates
from worker.errors import HlasatelError
from worker.kinds import all_kinds
from worker.template_folder import LONGEST, TemplateFolder

KIND = all_kinds()["facebook-text"]
SUBJECT = f"{KIND.templates}/subject.txt"
SECONDS = 20.0
"""A refusal by counting comes within a second or two, on a busy machine too; without it none ever comes."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / KIND.templates).mkdir(parents=True)
    return tmp_path


def rendered(folder: Path, template: str | bytes, /, **values: object) -> str:
    file = folder / SUBJECT
    file.write_bytes(template if isinstance(template, bytes) else template.encode())
    return Templates(TemplateFolder(folder), KIND).subject({}, values)


ENDLESS = [
    "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
    "{% for a in range(100000) %}" + "x" * 1000 + "{% endfor %}",
    "{% for a in range(100000) %}{{ text }}{% endfor %}",
    "{{ 'x' * 1000000000 }}",
    "{{ 1000000000 * 'x' }}",
    "{{ [1] * 1000000000 }}",
    "{{ 9 ** 999999999 }}",
    "{{ (9 ** 199) ** 199 }}",
    "{{ '%99999999999999999999d' | format(1) }}",
    "{{ '%*d' | format(999999999, 1) }}",
    "{{ text | indent(1000000000) }}",
    "{{ text | indent(text * 100) }}",
    "{% set t = text * 100 %}{{ range(100000) | join(t) }}",
    "{% set t = text * 100 %}{{ t | replace('x', t) }}",
    "{{ 1.5 | round(-100000000) }}",
    "{% set n = namespace(t='x') %}{% for a in range(60) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
    "{% set n = namespace(t='x') %}{% for a in range(60) %}{% set n.t = n.t + n.t %}{% endfor %}",
    "{% set n = namespace(t='x') %}{% for a in range(60) %}{% set n.t %}{{ n.t }}{{ n.t }}{% endset %}{% endfor %}",
    "{% macro a() %}{% for b in range(1000) %}x{% endfor %}{% endmacro %}"
    "{% for c in range(1000) %}{{ a() }}{% endfor %}",
    "{% macro m0() %}{% endmacro %}"
    + "".join(f"{{% macro m{n + 1}() %}}{{{{ m{n}() }}}}{{{{ m{n}() }}}}{{% endmacro %}}" for n in range(30))
    + "{{ m30() }}",
    "{% macro a() %}" + "x" * 1000 + "{% endmacro %}{% for b in range(100000) %}{% set c = a() %}{% endfor %}",
    "{% for a in range(1000) %}{{ range(100000) | sum }}{% endfor %}",
    "{% for a in range(100000) %}{% set x = text.split('x') %}{% endfor %}",
    "{% for a in range(100000) %}{% set x = text | markdown %}{% endfor %}",
]


@pytest.mark.parametrize("template", ENDLESS, ids=range(len(ENDLESS)))
def test_one_that_would_do_too_much_is_refused_in_time(folder: Path, template: str) -> None:
    started = time.monotonic()
    with pytest.raises(BrokenTemplate, match="příliš mnoho") as refused:
        rendered(folder, f"první řádek\n{template}", text="x" * 10_000)
    assert time.monotonic() - started < SECONDS
    assert (refused.value.file, refused.value.line) == (SUBJECT, 2)


def test_one_that_includes_itself_or_calls_itself_is_refused(folder: Path) -> None:
    for template in (
        f'{{% include "{SUBJECT}" %}}',
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    ):
        with pytest.raises(BrokenTemplate, match="nikdy by neskončila"):
            rendered(folder, template)


def test_files_that_take_in_each_other_many_times_are_counted(folder: Path) -> None:
    for number in range(30):
        following = f'{{% include "{KIND.templates}/{number + 1}.txt" %}}' if number < 29 else "x"
        (folder / KIND.templates / f"{number}.txt").write_text(following * 2)
    with pytest.raises(BrokenTemplate, match="příliš mnoho"):
        rendered(folder, f'{{% include "{KIND.templates}/0.txt" %}}')


FORBIDDEN = [
    ("{{ text.__class__ }}", "__class__"),
    ("{{ text.format(text) }}", "format"),
    ("{{ text.join(items) }}", "join"),
    ("{{ text.ljust(1000000000) }}", "ljust"),
    ("{{ (5).to_bytes(1000000000) }}", "to_bytes"),
    ("{{ items.append(1) }}", "append"),
    ("{{ wrap.__globals__ }}", "wrap"),
    ("{{ self.__init__.__globals__ }}", "__init__"),
    ("{{ lipsum(1000) }}", "lipsum"),
    ("{{ text | center(1000000000) }}", "center"),
    ("{{ items | random }}", "random"),
    ("{{ '%s' % text }}", "format"),
    ("{% for a in %}", "Expected"),
]


@pytest.mark.parametrize(("template", "named"), FORBIDDEN)
def test_what_is_out_of_its_reach_is_named_with_its_line(folder: Path, template: str, named: str) -> None:
    with pytest.raises(BrokenTemplate, match=named) as refused:
        rendered(folder, f"\n\n{template}", text="x", items=[1])
    assert refused.value.line == 3


def test_an_undefined_value_is_named_with_what_was_probably_meant(folder: Path) -> None:
    office = {"name": "Kraj", "website": "https://kraj.example.org"}
    for template, said in (
        ("{{ organisation.nmae }}", "„nmae“.*„name“"),
        ("{{ organisation.zcela_jine }}", "jen: name, website"),
        ("{{ nic }}", "„nic“"),
        ("{% for a in nic %}{% endfor %}", "„nic“"),
        ("{% if nic %}{% endif %}", "„nic“"),
    ):
        with pytest.raises(BrokenTemplate, match=said) as refused:
            rendered(folder, f"\n{template}", organisation=office)
        assert refused.value.line == 2


def test_a_fault_is_told_with_the_file_it_is_in(folder: Path) -> None:
    (folder / KIND.templates / "part.txt").write_text("první\ndruhý {{ nic }}\n")
    with pytest.raises(BrokenTemplate) as refused:
        rendered(folder, f'\n\n\n{{% include "{KIND.templates}/part.txt" %}}')
    assert (refused.value.file, refused.value.line) == (f"{KIND.templates}/part.txt", 2)


PATHS = ["../../etc/passwd", "/etc/passwd", "email/../../secret.txt", "email\\..\\secret.txt", "./secret.txt", ""]


def test_no_name_leads_out_of_the_folders(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside, own = tmp_path_factory.mktemp("outside"), tmp_path_factory.mktemp("own")
    (outside / "secret.txt").write_text("tajné")
    (own / "link.txt").symlink_to(outside / "secret.txt")
    (own / "linked").symlink_to(outside)
    (own / "loop.txt").symlink_to(own / "loop.txt")
    (own / "secret.txt").write_text("veřejné")
    (own / KIND.templates).mkdir(parents=True)
    templates = Templates(TemplateFolder(folder, own), KIND)
    for name in (*PATHS, "link.txt", "linked/secret.txt", "loop.txt", f"../{outside.name}/secret.txt", "a" * 5000):
        (own / SUBJECT).write_text(f"{{% include {name!r} %}}")
        with pytest.raises(BrokenTemplate, match="ve složkách šablon není"):
            templates.subject({}, {})
    (own / SUBJECT).write_text('{% include "secret.txt" %}')
    assert templates.subject({}, {}) == "veřejné"


def test_a_file_that_is_no_template_is_refused(folder: Path) -> None:
    with pytest.raises(BrokenTemplate, match="UTF-8") as refused:
        rendered(folder, "slovo\nPříliš".encode("cp1250"))
    assert refused.value.line == 2
    with pytest.raises(BrokenTemplate, match=str(LONGEST)):
        rendered(folder, "x" * (LONGEST + 1))
    (folder / SUBJECT).unlink()
    (folder / SUBJECT).mkdir()
    with pytest.raises(HlasatelError, match="Chybí šablona"):
        Templates(TemplateFolder(folder), KIND).subject({}, {})


def test_template_syntax_in_content_is_printed_literally(folder: Path) -> None:
    assert rendered(folder, "{{ title }}", title="{{ 7 * 7 }} {% raw %}") == "{{ 7 * 7 }} {% raw %}"


def test_what_drafts_need_is_far_from_the_limit(folder: Path) -> None:
    template = "{% for item in items %}- {{ item.title }} ({{ item.day | day }})\n{% endfor %}{{ '%3d' | format(7) }}"
    items = [{"title": "Titulek " * 10, "day": "2026-12-08"}] * 2000
    assert rendered(folder, template, items=items).endswith("  7")
    assert MOST > 1_000_000
