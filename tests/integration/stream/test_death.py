"""A process killed in the middle of a transaction: readers see all of it or nothing, and the next one goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.stream.rig import Rig
from tests.integration.stream.stages import Counts

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize("moment", ["offsets", "commit"])
def test_killed_in_a_transaction(rig: Rig, tmp_path: Path, moment: str) -> None:
    deadly = tmp_path / "deadly"
    records = [(b"key-%d" % number, b"") for number in range(20)]
    command = [sys.executable, "-m", "tests.integration.stream.member"]
    mortal = subprocess.Popen([*command, str(rig.client["bootstrap.servers"]), rig.prefix, moment, str(deadly)])
    try:
        rig.publish(*records)
        rig.outputs(20)
        committed = rig.committed()
        deadly.touch()
        rig.publish(*records)
        assert mortal.wait(20) == -signal.SIGKILL
    finally:
        mortal.kill()
        mortal.wait()

    assert len(rig.outputs(20)) == 20, "readers see none of the second transaction"
    assert rig.committed() == committed

    member = rig.run(Counts(rig.sink), remembers=True)
    outputs = rig.outputs(40, within=40)
    member.end()
    assert len(outputs) == 40
    for key, _ in records:
        assert [output.value for output in outputs if output.key == key] == [b"1", b"2"], (
            "the memory is the committed one"
        )
