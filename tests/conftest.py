"""Settings shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings

import timeline.exchange.presets  # noqa: F401 - its event outlives the tests that restore the declared types
from support.browser import chromium
from support.fault_counts import Counts
from support.nats_servers import Cluster
from support.postgres_server import Server

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

settings.register_profile(
    "default",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[phase for phase in Phase if phase is not Phase.explain],  # it takes longer than all the others
)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=2000)
settings.register_profile("few", parent=settings.get_profile("default"), max_examples=5, derandomize=True)
settings.register_profile(  # a build tells what a change broke: the search for what was always broken is `make laws`
    "ci", parent=settings.get_profile("default"), max_examples=25, derandomize=True, database=None, print_blob=True
)
settings.register_profile(
    "mutants",
    parent=settings.get_profile("default"),
    max_examples=20,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


BESIDE = {"postgres", "jetstream", "nats_server", "nats_cluster", "stream", "driver", "site", "spark"}
"""Fixtures, and parameters of tests, that run something big beside Python: one version of it is as good as another."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need something big beside Python, and those that coverage would only slow down.

    Random tests prove laws; the tests of examples reach the same lines once, and are measured.
    """
    for item in items:
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        named = {*getattr(item, "fixturenames", ()), *(each for each in parameters if isinstance(each, str))}
        if named & BESIDE:
            item.add_marker("beside")
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, started when the first test asks for it; each test takes a schema of its own."""
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One NATS server, for the whole run; each test takes a stream of its own."""
    with Cluster(tmp_path_factory.mktemp("nats") / "one", 1) as server:
        yield server


@pytest.fixture(scope="session")
def nats_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three NATS servers that keep every stream three times, for the whole run."""
    with Cluster(tmp_path_factory.mktemp("nats") / "three", 3) as servers:
        yield servers


@pytest.fixture(scope="module")
def driver() -> Iterator[WebDriver]:
    """A browser, one for all tests of a module."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def counts() -> Iterator[Counts]:
    """Counts of the faults that tests under load found; `make faults` shows them."""
    found = Counts()
    yield found
    print(found)
