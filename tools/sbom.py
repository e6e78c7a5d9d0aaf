"""What Hlasatel is made of, as a CycloneDX list made of the locks: every package with its hashes and its licence.

`python -m tools.sbom FILE` writes it (`make sbom`), `python -m tools.sbom --check` only sees whether it can be made, is
valid and whole (`make lint`). The same locks give the same bytes. The JSON is read back and held, as XML, against the
schema of CycloneDX that its own library brings along.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.exception import CycloneDxException
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.xml import XmlValidator
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements/run.txt", "requirements/dev.txt", "requirements/build.txt")
VERSION = SchemaVersion.V1_6
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org")
_LOCKED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(.*(?:\n    .*)*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_SHORT = 40
"""Characters of what a package calls its licence; longer, it is the licence itself."""
NOT_SAID = {"axe-playwright-python": "MIT", "brotlicffi": "MIT", "colorama": "BSD-3-Clause"}
"""Of packages that say it in a file alone, or are locked for other systems and not at hand here."""


@dataclass(frozen=True)
class Locked:
    """A line of the locks; `runs` when a machine that serves needs it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    runs: bool


def locked(root: Path = ROOT) -> list[Locked]:
    """Every package of the locks once, by name and version."""
    found: dict[tuple[str, str], Locked] = {}
    for lock in LOCKS:
        for name, version, rest in _LOCKED.findall((root / lock).read_text(encoding="utf-8")):
            one = Locked(name, version, tuple(sorted(_HASH.findall(rest))), lock == LOCKS[0])
            found.setdefault((name, version), one)
    return [found[each] for each in sorted(found)]


def licences(name: str) -> list[str]:
    """What an installed package says of its licence: SPDX expressions where it does, else its own words."""
    try:
        said = list(_said(metadata(name)))
    except PackageNotFoundError:
        said = []
    return said or [NOT_SAID[each] for each in (name,) if each in NOT_SAID]


def _said(said: PackageMetadata) -> Iterator[str]:
    """The expression, else a short field, else the classifiers."""
    expression, field = ((said.get_all(each) or [""])[0] for each in ("License-Expression", "License"))
    classified = [each.split(" :: ")[-1] for each in said.get_all("Classifier") or [] if each.startswith("License ::")]
    if expression:
        yield expression
    elif field and len(field) <= _SHORT and "\n" not in field:
        yield field
    else:
        yield from (each for each in classified if each != "OSI Approved")


def made(root: Path = ROOT) -> Bom:
    """The list, with Hlasatel itself as what it is about."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    make = LicenseFactory()
    own = Component(
        name=project["name"], version=project["version"], type=ComponentType.APPLICATION, bom_ref=project["name"],
        licenses=[make.make_from_string(project["license"])],
    )  # fmt: skip
    found = locked(root)
    marks = "\n".join(f"{each.name}=={each.version} {' '.join(each.hashes)}" for each in found)
    bom = Bom(metadata=BomMetaData(component=own), serial_number=uuid.uuid5(_SPACE, marks))
    for each in found:
        bom.components.add(_component(each, make))
    wanted = {re.split(r"[^\w.-]", each, maxsplit=1)[0].lower() for each in project["dependencies"]}
    bom.register_dependency(own, [each for each in bom.components if each.name in wanted])
    return bom


def _component(one: Locked, make: LicenseFactory) -> Component:
    address, said = PackageURL("pypi", None, one.name, one.version), licences(one.name)
    known = [make.make_from_string(said[0])] if len(said) == 1 else [DisjunctiveLicense(name=each) for each in said]
    return Component(
        name=one.name, version=one.version, type=ComponentType.LIBRARY, purl=address, bom_ref=str(address),
        scope=ComponentScope.REQUIRED if one.runs else ComponentScope.EXCLUDED, licenses=known,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in one.hashes],
    )  # fmt: skip


def as_json(bom: Bom) -> str:
    """The list as it is given out. Its day is left out: the same locks give the same bytes."""
    whole = json.loads(make_outputter(bom, OutputFormat.JSON, VERSION).output_as_string())
    whole["metadata"].pop("timestamp", None)
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def faults(text: str, root: Path = ROOT) -> list[str]:
    """What is wrong with a list in JSON: against the schema, and against the locks."""
    whole = json.loads(text)
    told = [f"no CycloneDX {VERSION.to_version()}: {error}" for error in _unlike_the_schema(whole)]
    listed = {(each["name"], each["version"]): each for each in whole["components"]}
    for one in locked(root):
        entry = listed.get((one.name, one.version), {})
        if {each["content"] for each in entry.get("hashes", [])} != set(one.hashes) or not one.hashes:
            told.append(f"{one.name} {one.version} is not listed with the hashes of the lock")
        if not entry.get("licenses"):
            told.append(f"{one.name} {one.version} has no licence; name it in tools/sbom.py")
    return told


def _unlike_the_schema(whole: dict[str, Any]) -> Iterator[str]:
    try:
        bom = Bom.from_json(whole)  # type: ignore[attr-defined]  # a decorator of py-serializable adds it
        xml = make_outputter(bom, OutputFormat.XML, VERSION).output_as_string()
    except (CycloneDxException, ValueError) as error:
        yield str(error)
        return
    if (found := XmlValidator(VERSION).validate_str(xml)) is not None:
        yield str(found)


def main() -> int:
    """Make the list and check it; 1 with what is wrong, else 0, written where that was asked for."""
    text = as_json(made())
    if told := faults(text):
        print("\n".join(told))
        return 1
    if sys.argv[1:] and sys.argv[1] != "--check":
        target = Path(sys.argv[1])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    print(f"{len(json.loads(text)['components'])} packages listed, each with its hashes and licence.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
