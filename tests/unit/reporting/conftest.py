"""The sample report and an office to give it out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures.report_office import giving_out
from tests.fixtures.report_sample import sample_report
from worker.office import Office
from worker.reporting.model import Report


@pytest.fixture(scope="session")
def report() -> Report:
    return sample_report()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with giving_out(tmp_path_factory.mktemp("office")) as found:
        yield found
