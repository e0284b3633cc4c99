"""`make bench`: throughput of the stream runtime beside its peers', and the latency of the whole chain, in one run.

python benchmarks/stream.py [--seconds 8] [--rounds 3] [--rates 20 50] [--latency-seconds 30] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.streaming.backlog import create, event_records, fill, plain_records
from benchmarks.streaming.contestants import CONTESTANTS
from benchmarks.streaming.latency import Latency, measure
from benchmarks.streaming.machine import machine
from benchmarks.streaming.throughput import Course
from chartstream.local.broker import LocalKafka
from chartstream.local.redis import LocalRedis
from chartstream.stream.apply import apply
from chartstream.stream.settings import KafkaSettings
from tests.faults.fleet import STAGES, Fleet, Site

PLAIN_PER_SECOND, EVENTS_PER_SECOND = 90_000, 9_000
"""Records laid in for each second of measuring: more than the fastest contestant reads."""

WARMING_RATE, WARMING_SECONDS = 30.0, 25.0
"""Notes before the latency is measured: a broker that has just started spends more on compiling than on its work."""

TITLES = {
    "raw_at_least_once": "raw confluent-kafka loop, batch 500, at least once",
    "raw_transactional": "raw confluent-kafka loop, batch 500, transactional",
    "ours_bytes": "ours, bytes passed through, exactly once",
    "ours_events": "ours, event decoded and encoded, exactly once",
    "faust_batched": "faust, batched take, send_soon",
    "faust_awaited": "faust, awaited send",
}

Paces = dict[str, list[float]]
"""Records a second of each contestant, one number a round."""


def throughput(bootstrap: str, rounds: int, seconds: float, names: Sequence[str], console: Console) -> Paces:
    """Let the contestants run in turn, ``rounds`` times over."""
    if not rounds:
        return {}
    client: dict[str, str | int | float | bool] = {"bootstrap.servers": bootstrap}
    plain, events = int(PLAIN_PER_SECOND * (seconds + 2)), int(EVENTS_PER_SECOND * (seconds + 2))
    create(client, "plain", "events")
    console.log(f"laying in {plain} plain records and {events} events")
    fill(client, "plain", plain_records(plain))
    fill(client, "events", event_records(events))
    courses = {"plain": Course(bootstrap, "plain", plain), "events": Course(bootstrap, "events", events)}
    paces: Paces = {name: [] for name in names}
    for turn in range(rounds):
        for name in names:
            pace = courses["events" if name == "ours_events" else "plain"].run(name, seconds, turn)
            paces[name].append(pace.per_second)
            console.log(f"round {turn + 1}: {name} {pace.per_second:,.0f}/s ({pace.seconds:.1f} s)")
    return paces


def latencies(site: Site, rates: Sequence[float], seconds: float, console: Console) -> list[Latency]:
    """Measure the chain of five processes at each rate."""
    apply(site.settings)
    fleet = Fleet(site)
    try:
        fleet.start(*STAGES)
        fleet.await_ready(90.0)
        console.log("letting broker and processors run warm")
        measure(site.settings, fleet, WARMING_RATE, WARMING_SECONDS)
        measured = []
        for rate in rates:
            measured.append(measure(site.settings, fleet, rate, seconds))
            console.log(f"{rate:g} notes a second: p50 {measured[-1].p50 * 1000:.0f} ms")
        return measured
    finally:
        fleet.stop()


def ratio(paces: Paces, of: str, to: Sequence[str]) -> float:
    """Median over the rounds of one contestant's pace to the best of the others' in the same round."""
    return statistics.median(
        paces[of][turn] / max(paces[other][turn] for other in to) for turn in range(len(paces[of]))
    )


def ratios(paces: Paces) -> dict[str, float]:
    """The ratios that there are targets for, and how the two raw loops stand to each other."""
    wanted = {
        "ours / raw, at least once": ("ours_bytes", ["raw_at_least_once"]),
        "ours / raw, transactional": ("ours_bytes", ["raw_transactional"]),
        "ours / faust's best": ("ours_bytes", ["faust_batched", "faust_awaited"]),
        "ours with events / faust's best": ("ours_events", ["faust_batched", "faust_awaited"]),
    }
    return {
        name: ratio(paces, of, to) for name, (of, to) in wanted.items() if of in paces and all(o in paces for o in to)
    }


def pace_table(paces: Paces) -> Table:
    """Records a second, and the ratios."""
    table = Table("Throughput", "records/s, median", "rounds", title_justify="left")
    for name, rounds in paces.items():
        table.add_row(TITLES[name], f"{statistics.median(rounds):,.0f}", ", ".join(f"{pace:,.0f}" for pace in rounds))
    for name, value in ratios(paces).items():
        table.add_row(name, f"{value:.2f}", "")
    return table


def latency_tables(measured: Sequence[Latency]) -> list[Table]:
    """The whole chain, and each stage's part with what its transactions cost."""
    whole = Table("notes/s", "notes", "missing", "p50 ms", "p95 ms", "p99 ms", title="notes.submitted to claims.coded")
    parts = Table(
        "notes/s", "stage", "median ms", "transactions/s", "ms each", "records each", title="Where the time goes"
    )
    for each in measured:
        times = (f"{value * 1000:.0f}" for value in (each.p50, each.p95, each.p99))
        whole.add_row(f"{each.rate:g}", str(each.notes), str(each.missing), *times)
        for stage, cost in each.stages.items():
            parts.add_row(
                f"{each.rate:g}",
                stage,
                f"{cost.seconds * 1000:.0f}",
                f"{cost.transactions_per_second:.1f}",
                f"{cost.transaction_seconds * 1000:.1f}",
                f"{cost.records_per_transaction:.1f}",
            )
    return [whole, parts]


def main() -> int:
    """Measure on a broker and a Redis of its own, print, and exit with status 0."""
    options = _parser().parse_args()
    for name in [name for name in os.environ if name.startswith("CHARTSTREAM_")]:
        del os.environ[name]  # the caller's own cluster is not the place for this
    console, what = Console(), machine()
    folder = Path(tempfile.mkdtemp(prefix="chartstream-bench-"))
    kafka, redis_server = LocalKafka(folder / "kafka", bound=True), LocalRedis(folder / "redis", bound=True)
    try:
        with kafka, redis_server:
            site = Site(kafka, redis_server, KafkaSettings(bootstrap=kafka.bootstrap), folder)
            paces = throughput(kafka.bootstrap, options.rounds, options.seconds, options.only, console)
            # second: by then the broker's code is compiled, as in one that has run for a while
            measured = latencies(site, options.rates, options.latency_seconds, console) if options.rates else []
    finally:
        shutil.rmtree(folder)
    console.print(", ".join(f"{name} {value}" for name, value in what.items()))
    for table in [*([pace_table(paces)] if paces else []), *(latency_tables(measured) if measured else [])]:
        console.print(table)
    if options.json:
        found = {"machine": what, "records_per_second": paces, "ratios": ratios(paces)}
        options.json.write_text(json.dumps(found | {"latency": [asdict(each) for each in measured]}, indent=2) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each contestant is measured")
    parser.add_argument("--rounds", type=int, default=3, help="0 leaves the throughput out")
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS), metavar="NAME")
    parser.add_argument("--rates", type=float, nargs="*", default=[20.0, 50.0], help="notes a second; none: no latency")
    parser.add_argument("--latency-seconds", type=float, default=30.0, help="how long each rate is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
