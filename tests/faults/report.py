"""The plan of a run and the report on it: what was done, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import Any

from rich.table import Table

from tests.faults.fleet import STAGES
from tests.faults.model import Verdict


@dataclass(frozen=True)
class Plan:
    """How much is published over how long, and how often the chain is hurt meanwhile."""

    encounters: int = 2000
    seconds: float = 150.0
    """How long the publication takes; the blows fall within it."""
    kills: int = 5
    joins: int = 6
    partitions: int = 6
    limit_seconds: float = 720.0
    """After this the run ends as it is, and what has not come out is lost."""
    seed: int = 1


@dataclass(frozen=True)
class Report:
    """What was done and what came of it."""

    plan: Plan
    verdict: Verdict
    submissions: int
    kills: Counter[str]
    ended_alone: Counter[str]
    joins: int
    rebalances: Counter[str]
    broker_restarts: int
    flushes: int
    seconds: dict[str, float]
    """Durations: starting, publishing, settling (from the last submission to the last answer), in all."""

    @property
    def holds(self) -> bool:
        """Whether the answers are right, and everything that was planned was done to the chain."""
        planned = all(self.kills[stage] >= self.plan.kills for stage in STAGES)
        return self.verdict.holds and planned and self.broker_restarts == 1 and self.flushes == 1


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    whole = {field.name: getattr(report, field.name) for field in fields(report)}
    plain = {"plan": asdict(report.plan), "verdict": {**vars(report.verdict), "holds": report.verdict.holds}}
    return whole | plain | {"holds": report.holds}


def table(report: Report) -> Table:
    """The report for a person."""
    verdict = report.verdict
    drawn = Table(title="Faults", title_justify="left", show_header=False)
    drawn.add_column(no_wrap=True)
    drawn.add_column()
    rows: list[tuple[str, object]] = [
        ("encounters, submissions", f"{report.plan.encounters}, {report.submissions}"),
        *((f"  {what}", number) for what, number in sorted(_families(verdict.right).items())),
        ("killed (SIGKILL)", _listed(report.kills)),
        ("ended by themselves", _listed(report.ended_alone) if report.ended_alone else 0),
        ("members joined and left", report.joins),
        ("rebalances", f"{report.rebalances.total()} ({_listed(report.rebalances)})"),
        ("broker restarted, Redis flushed", f"{report.broker_restarts}, {report.flushes}"),
        ("lost", _judged(verdict.lost)),
        ("duplicated", _judged(verdict.duplicated)),
        ("unexpected", _judged(verdict.unexpected)),
        ("encounters out of order", _judged(Counter({"": verdict.out_of_order}))),
        ("seconds", ", ".join(f"{name} {seconds:.0f}" for name, seconds in report.seconds.items())),
        ("result", "[green]exactly once" if report.holds else "[red]does not hold"),
    ]
    for name, value in rows:
        drawn.add_row(name, str(value))
    return drawn


def _families(right: Counter[str]) -> Counter[str]:
    """Right answers by kind, without the claims' revisions."""
    families: Counter[str] = Counter()
    for what, number in right.items():
        families[what.rstrip(" 0123456789")] += number
    return families


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))


def _judged(counts: Counter[str]) -> str:
    if not counts.total():
        return "[green]0"
    return f"[red]{counts.total()}[/red] ({_listed(counts)})"
