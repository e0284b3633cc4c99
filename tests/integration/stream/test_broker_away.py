"""The broker goes away in the middle of the work, for longer than any timeout of a transaction or a session."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chartstream.local.broker import LocalKafka
from tests.integration.stream.rig import Rig
from tests.integration.stream.stages import Counts

pytestmark = pytest.mark.kafka


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalKafka]:
    """A broker of the test's own."""
    broker = LocalKafka(tmp_path / "kafka", bound=True)
    with broker:
        yield broker
    broker.wipe()


@pytest.mark.slow
@pytest.mark.parametrize(("how", "seconds"), [("stopped", 30.0), ("frozen", 15.0)])
def test_the_broker_is_away(broker: LocalKafka, how: str, seconds: float) -> None:
    rig = Rig(broker.bootstrap)
    rig.create()
    keys = [b"key-%d" % number for number in range(10)]
    member = rig.run(Counts(rig.sink), remembers=True, workers=1)
    rig.publish(*[(key, b"sleep 0.02") for key in keys for _ in range(20)])
    rig.outputs(20)  # it is in the middle of it

    if how == "stopped":
        broker.stop()
        time.sleep(seconds)
        broker.start()
    else:
        broker.pause()
        time.sleep(seconds)
        broker.resume()
        broker.start()  # returns once it answers

    rig.publish(*[(key, b"") for key in keys])
    outputs = rig.outputs(210, within=60)
    assert len(outputs) == 210
    for key in keys:
        assert [output.value for output in outputs if output.key == key] == [b"%d" % n for n in range(1, 22)]
    member.end()
    assert sum(offset for offset, _ in rig.committed().values()) == 210
    rig.close()
