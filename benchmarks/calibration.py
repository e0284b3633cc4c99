"""How far confidences can be believed: the calibration error and the precision of sure codes, by class of code.

python -m benchmarks.calibration [--gold FILE ...] [--corpus FILE ...] [--json FILE]
python -m benchmarks.calibration --fit
python -m benchmarks.calibration --fit-corpus FILE

Measured are our own charts (part C alone, which no confidence was fitted on), the cases that the engine is tested by,
and gold sets that are given: those of --gold in the claim profile, those of --corpus in the corpus profile. Beside the
calibration error stands the one that so few codes would show by chance were every confidence exact. --fit fits the
models of proposed codes and of candidates on charts and writes them to chartstream/coding/data/confidence.yaml;
--fit-corpus does so for the corpus profile, with statistics of an annotated corpus whose licence allows it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.charts.chart import charts
from benchmarks.charts.scoring import calibration_error, error_by_chance, sure
from benchmarks.confidence.fitting import counted, fit_claim, fit_corpus, fit_rejected, write, write_records
from benchmarks.confidence.judged import JudgedCode, of_cases, of_charts, of_gold
from chartstream.coding import CodingEngine, Profile
from chartstream.coding.confidence import code_class
from chartstream.coding.corpus.records import FILE as RECORDS
from chartstream.coding.data_files import DATA

FILE = DATA / "confidence.yaml"
SURE = 0.9


def main() -> None:
    """Measures, or fits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, nargs="+", default=[])
    parser.add_argument("--corpus", type=Path, nargs="+", default=[])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--fit-corpus", type=Path)
    options = parser.parse_args()
    engine = CodingEngine.load()
    if options.fit:
        write(FILE, _fitted(engine))
    if options.fit_corpus:
        write(FILE, {"corpus": _fitted_corpus(engine, options.fit_corpus)})
    if options.fit or options.fit_corpus:
        return
    sets = {"own charts, part C": of_charts(engine, "C"), "own cases": of_cases(engine)}
    sets |= {path.stem: of_gold(engine, path, Profile.CLAIM) for path in options.gold}
    sets |= {path.stem: of_gold(engine, path, Profile.CORPUS) for path in options.corpus}
    measured = {name: _measured([item for item in items if item.proposed]) for name, items in sets.items()}
    _print(measured, Console())
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def _fitted(engine: CodingEngine) -> dict[str, Any]:
    seen, unseen = of_charts(engine, "F"), of_charts(engine, "K")
    groups = yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"]
    source = f"own charts, parts F ({len(charts('F'))} notes) and K ({len(charts('K'))}): benchmarks/charts"
    return {
        "claim": fit_claim(seen, unseen, source),
        "rejected": fit_rejected([*seen, *unseen], groups, source),
    }


def _fitted_corpus(engine: CodingEngine, path: Path) -> dict[str, Any]:
    items = of_gold(engine, path, Profile.CORPUS)
    notes = len({item.note for item in items})
    source = (
        f"statistics of {path.stem} ({notes} notes) of the CodiEsp corpus (Miranda-Escalada et al. 2020,"
        " doi 10.5281/zenodo.3837305, CC BY 4.0)"
    )
    write_records(RECORDS, counted(items), source)
    return fit_corpus(items, source)


def _measured(items: Sequence[JudgedCode]) -> dict[str, dict[str, float]]:
    classes: dict[str, list[tuple[float, bool]]] = {"all": []}
    for item in items:
        for name in ("all", code_class(item.code)):
            classes.setdefault(name, []).append((item.confidence, item.right))
    return {name: _row(pairs) for name, pairs in classes.items()}


def _row(pairs: Sequence[tuple[float, bool]]) -> dict[str, float]:
    count, precise = sure(pairs, SURE)
    return {
        "codes": len(pairs),
        "mean_confidence": sum(c for c, _ in pairs) / len(pairs) if pairs else 0.0,
        "precision": sum(r for _, r in pairs) / len(pairs) if pairs else 0.0,
        "calibration_error": calibration_error(pairs),
        "error_by_chance": error_by_chance([confidence for confidence, _ in pairs]),
        "sure": count,
        "precision_of_sure": precise,
    }


def _print(measured: dict[str, dict[str, dict[str, float]]], console: Console) -> None:
    for name, classes in measured.items():
        names = ("class", "codes", "confidence", "precision", "error", "by chance", f"≥ {SURE}", "of these right")
        table = Table(*names, title=name)
        for class_name, row in classes.items():
            figures = [
                f"{row[key]:.3f}" for key in ("mean_confidence", "precision", "calibration_error", "error_by_chance")
            ]
            high = (str(int(row["sure"])), f"{row['precision_of_sure']:.3f}" if row["sure"] else "-")
            table.add_row(class_name, str(int(row["codes"])), *figures, *high)
        console.print(table)


if __name__ == "__main__":
    main()
