"""A rig of topics for each test, on the session's broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chartstream.local.broker import LocalKafka
from tests.integration.stream.rig import Rig


@pytest.fixture
def make_rig(kafka: LocalKafka) -> Iterator[Callable[..., Rig]]:
    """Makes rigs with other than two partitions or with settings of the source topic."""
    rigs: list[Rig] = []

    def make(partitions: int = 2, **source_config: str) -> Rig:
        rigs.append(Rig(kafka.bootstrap))
        rigs[-1].create(partitions, {name.replace("_", "."): value for name, value in source_config.items()})
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.close()


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    """A source of two partitions, a sink, a changelog, dead letters."""
    return make_rig()
