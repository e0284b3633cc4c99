"""`make faults`: invented encounters go through the five processors while these are killed, joined and left, the broker
is restarted and Redis flushed; every answer is then held against what was published.

    python -m tests.faults.run [--encounters 2000] [--kills 5] [--joins 6] [--seed N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chartstream.local.broker import LocalKafka
from chartstream.local.redis import LocalRedis
from chartstream.stream.apply import apply
from chartstream.stream.settings import KafkaSettings
from tests.faults.chaos import Chaos
from tests.faults.encounters import encounters
from tests.faults.fleet import STAGES, Fleet, Site
from tests.faults.model import compare, expected, missing
from tests.faults.outcomes import OutcomeReader
from tests.faults.publisher import Publisher
from tests.faults.rebalances import rebalances
from tests.faults.report import Plan, Report, as_json, table


class FaultRun:
    """One run of a plan on a running broker and Redis."""

    def __init__(self, plan: Plan, site: Site) -> None:
        """Makes the topics."""
        apply(site.settings, partitions=plan.partitions)
        self._plan = plan
        self._fleet = Fleet(site, plan.seed)
        self._chaos = Chaos(plan, site, self._fleet)
        self._publisher = Publisher(site.settings, encounters(plan.encounters, plan.seconds, plan.seed))
        self._reader = OutcomeReader(site.settings)
        self._site = site
        self._seconds: dict[str, float] = {}

    def run(self, progress: Callable[[int, int], None] = lambda done, total: None) -> Report:
        """Do it. ``progress`` is told how many submissions are answered, of how many.

        Raises ``RuntimeError`` where a submission cannot be published, ``TimeoutError`` where the stages do not start
        or the ends of the topics are not reached.
        """
        begun = time.monotonic()
        try:
            self._fleet.start(*STAGES)
            self._fleet.await_ready(90.0)
            self._seconds["starting"] = time.monotonic() - begun
            self._reader.start()
            self._publisher.start()
            self._hurt(progress)
            self._fleet.stop()
            self._reader.finish(40.0)
        finally:
            self._publisher.stop()
            self._reader.stop()
            self._fleet.stop()
        self._seconds["in all"] = time.monotonic() - begun
        return self._report()

    def _hurt(self, progress: Callable[[int, int], None]) -> None:
        """Publish and strike until all answers are there or the time is up."""
        begun, looked = time.monotonic(), 0.0
        total, seen = self._publisher.total, self._reader.seen
        while (elapsed := time.monotonic() - begun) < self._plan.limit_seconds:
            self._chaos.turn(elapsed)
            self._fleet.supervise()
            if elapsed - looked > 1.0:
                looked = elapsed
                progress(len({each.trace for each in seen}), total)
                if self._is_over(elapsed):
                    break
            time.sleep(0.05)
        self._seconds["settling"] = time.monotonic() - begun - self._seconds.get("publishing", elapsed)

    def _is_over(self, elapsed: float) -> bool:
        if self._publisher.is_alive():
            return False
        self._seconds.setdefault("publishing", elapsed)
        return self._chaos.is_over and not missing(expected(self._publisher.published), self._reader.seen)

    def _report(self) -> Report:
        groups = {self._site.settings.topic(f"chartstream-{stage}") for stage in STAGES}
        return Report(
            plan=self._plan,
            verdict=compare(self._publisher.published, self._reader.seen),
            submissions=self._publisher.total,
            kills=self._fleet.kills,
            ended_alone=self._fleet.ended_alone,
            joins=self._chaos.joins,
            rebalances=rebalances(self._site.kafka.logs, groups),
            broker_restarts=self._chaos.broker_restarts,
            flushes=self._chaos.flushes,
            seconds=self._seconds,
        )


def main() -> int:
    """Run it on a broker and a Redis of its own; exit status 0 if nothing is lost, duplicated or out of order."""
    options = _parser().parse_args()
    for name in [name for name in os.environ if name.startswith("CHARTSTREAM_")]:
        del os.environ[name]  # the caller's own cluster is not the place for this
    plan = Plan(options.encounters, options.seconds, options.kills, options.joins, seed=options.seed)
    folder = Path(tempfile.mkdtemp(prefix="chartstream-faults-"))
    kafka, redis_server = LocalKafka(folder / "kafka", bound=True), LocalRedis(folder / "redis", bound=True)
    console = Console()
    columns = (TextColumn("submissions answered"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with kafka, redis_server, Progress(*columns, console=console) as bar:
        task = bar.add_task("answered", total=None)
        site = Site(kafka, redis_server, KafkaSettings(bootstrap=kafka.bootstrap), folder)
        report = FaultRun(plan, site).run(lambda done, total: bar.update(task, completed=done, total=total))
    console.print(table(report))
    if options.json:
        options.json.write_text(json.dumps(as_json(report), indent=2) + "\n")
    if not report.holds:
        console.print(f"The logs of all processes lie in {folder}.")
        return 1
    shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.faults.run", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--encounters", type=int, default=Plan.encounters)
    parser.add_argument("--seconds", type=float, default=Plan.seconds, help="how long publishing takes")
    parser.add_argument("--kills", type=int, default=Plan.kills, help="SIGKILLs of each of the five processors")
    parser.add_argument("--joins", type=int, default=Plan.joins, help="members that join and leave again")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
