"""The demonstration as a stranger runs it: all processes, all samples, the sums, and nothing left behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.ocr]


@pytest.mark.timeout(420)
def test_every_sample_ends_as_it_should_and_nothing_is_left_running(tmp_path: Path) -> None:
    environment = {**os.environ, "CHARTSTREAM_HOME": str(tmp_path), "COLUMNS": "200"}

    run = subprocess.run(
        [Path(sys.executable).parent / "chartstream", "demo"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "submitted 27 = coded 22 + in review 4 + rejected 1" in run.stdout
    assert "lost 0, duplicated 0, unexpected 0, dead letters 0" in run.stdout
    assert "claims whose codes are exactly those that a coder assigned: 22 of 22" in run.stdout
    assert re.search(r"“COPD with acute exacerbation” p\. 2 \[\d+% \d+% to \d+% \d+%\]", run.stdout), (
        "a scan has page and box"
    )
    left = [process.info["pid"] for process in psutil.process_iter(["pid", "environ"]) if _is_ours(process, tmp_path)]
    assert left == []


def _is_ours(process: psutil.Process, home: Path) -> bool:
    return (process.info["environ"] or {}).get("CHARTSTREAM_HOME") == str(home)
