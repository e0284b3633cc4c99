"""Every hostile file through the real sandbox: what it is, what becomes of it, and what that cost.

python -m tests.faults.hostile
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from chartstream.errors import Rejected
from chartstream.intake.policy import default_policy
from chartstream.intake.sandbox import SandboxedInspector
from tests.faults.fuzz import GRACE_SECONDS
from tests.faults.hostile_files import Hostile, hostile


@dataclass(frozen=True, slots=True)
class Tried:
    """One file's outcome: ``accepted``, ``reviewed`` or the code of its rejection, and its cost."""

    what: str
    size: int
    outcome: str
    seconds: float
    megabytes: float
    faults: tuple[str, ...]


def tried(case: Hostile, inspector: SandboxedInspector) -> Tried:
    """Inspect one file. Faults say where the outcome is not one of the right ones, or a limit was passed."""
    content = case.make()
    _forget_peak(inspector)
    begun = time.perf_counter()
    try:
        outcome = "reviewed" if inspector(content, None).problems else "accepted"
    except Rejected as error:
        outcome = error.problems[0].code
    seconds = time.perf_counter() - begun
    limits = default_policy().sandbox
    faults = []
    if outcome not in case.outcomes:
        faults.append(f"expected {' or '.join(case.outcomes)}")
    if seconds > limits.seconds_for(len(content)) + GRACE_SECONDS:
        faults.append("over the limit of time")
    return Tried(case.what, len(content), outcome, seconds, _peak(inspector), tuple(faults))


def _status(inspector: SandboxedInspector) -> Path | None:
    return Path(f"/proc/{inspector.process_id}") if inspector.process_id is not None else None


def _forget_peak(inspector: SandboxedInspector) -> None:
    folder = _status(inspector)
    if folder is not None:
        (folder / "clear_refs").write_text("5", encoding="ascii")


def _peak(inspector: SandboxedInspector) -> float:
    """Most memory held for the last file; 0 where the child died of it or was not asked."""
    folder = _status(inspector)
    if folder is None:
        return 0.0
    lines = (folder / "status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Run and report."""
    table = Table(title="Hostile files")
    for heading in ("file", "bytes", "outcome", "seconds", "MB", "wrong"):
        table.add_column(heading, justify="left" if heading in ("file", "outcome", "wrong") else "right")
    inspector = SandboxedInspector()
    failures = 0
    for case in hostile():
        found = tried(case, inspector)
        failures += bool(found.faults)
        megabytes = f"{found.megabytes:.0f}" if found.megabytes else "died"
        row = (f"{found.size:,}", found.outcome, f"{found.seconds:.2f}", megabytes, "; ".join(found.faults))
        table.add_row(found.what, *row)
    inspector.close()
    Console(width=None if sys.stdout.isatty() else 170).print(table)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
