"""How well our own charts are coded.

python -m benchmarks.charts [--half F|K|C|all] [--misses] [--json FILE] [--out FOLDER]

``--misses`` lists what was missed and what was proposed in vain, chart by chart (of half F alone: the rest stays
unseen). ``--out`` writes gold.jsonl and predictions.jsonl, for any scorer of such lines; codes that a chart calls
optional are left out of the predictions, and of several sound codes the chart's first stands for all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.charts.chart import Chart, charts
from benchmarks.charts.coded import code_text
from benchmarks.charts.scoring import Figures, Judged, calibration_error, figures, judge, sure
from chartstream.coding import Coded, CodingEngine

_SYSTEM = "ICD-10-CM"


def main() -> None:
    """Codes the charts and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("F", "K", "C", "all"), default="all")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.misses and options.half != "F":
        parser.error("--misses goes with --half F: the rest is for checking and stays unseen")
    engine, taken = CodingEngine.load(), charts(options.half)
    coded = [code_text(engine, c.note, setting=c.setting, age=c.age, sex=c.sex) for c in taken]
    judged = [
        (chart, judge(chart, ((code.code, code.confidence) for code in answer.codes)))
        for chart, (answer, _) in zip(taken, coded, strict=True)
    ]
    console = Console()
    if options.misses:
        _print_misses(judged, console)
    measured = _measured(judged, [answer for answer, _ in coded])
    _print(figures(judged), measured, console)
    if options.json:
        options.json.write_text(json.dumps({"half": options.half, **measured}, indent=1) + "\n", encoding="utf-8")
    if options.out:
        _write(options.out, taken, coded, judged)


def _measured(judged: Sequence[tuple[Chart, Sequence[Judged]]], coded: Sequence[Coded]) -> dict[str, Any]:
    pairs = [(item.confidence, item.right) for _, items in judged for item in items]
    high, precise = sure(pairs)
    first = [
        answer.codes[0].code in chart.codes[0]
        for (chart, _), answer in zip(judged, coded, strict=True)
        if not chart.any_first and chart.codes and answer.codes
    ]
    by_class = {
        name: {"precision": f.precision, "recall": f.recall, "f1": f.f1, "expected": f.expected}
        for name, f in figures(judged).items()
    }
    return {
        "charts": len(judged),
        "first_listed": sum(first) / len(first) if first else 0.0,
        "calibration_error": calibration_error(pairs),
        "sure": high,
        "precision_of_sure": precise,
        "classes": by_class,
    }


def _print(by_class: dict[str, Figures], measured: dict[str, Any], console: Console) -> None:
    table = Table("class", "expected", "proposed", "precision", "recall", "F1")
    for name, f in by_class.items():
        row = (f"{f.precision:.3f}", f"{f.recall:.3f}", f"{f.f1:.3f}")
        table.add_row(name, str(f.expected), str(f.proposed), *row)
    console.print(table)
    for name in ("charts", "first_listed", "calibration_error", "sure", "precision_of_sure"):
        value = measured[name]
        console.print(f"{name:20} {value:.3f}" if isinstance(value, float) else f"{name:20} {value}")


def _print_misses(judged: Sequence[tuple[Chart, Sequence[Judged]]], console: Console) -> None:
    for chart, items in judged:
        found = {item.expected for item in items if item.right}
        missed = [group[0] for group in chart.codes if group[0] not in found]
        extra = [item.code for item in items if not item.right]
        if missed or extra:
            console.print(f"{chart.chart_id:8} missed {' '.join(missed) or '-':40} extra {' '.join(extra) or '-'}")


def _write(
    folder: Path,
    taken: Sequence[Chart],
    coded: Sequence[tuple[Coded, str]],
    judged: Sequence[tuple[Chart, Sequence[Judged]]],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    gold, predictions = [], []
    for chart, (answer, text), (_, items) in zip(taken, coded, judged, strict=True):
        wanted = [{"system": _SYSTEM, "code": group[0]} for group in chart.codes]
        gold.append({"note_id": chart.chart_id, "text": text, "codes": wanted})
        predictions.append({"note_id": chart.chart_id, "codes": _lines(answer, text, items, chart)})
    for name, lines in (("gold", gold), ("predictions", predictions)):
        content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(content, encoding="utf-8")


def _lines(answer: Coded, text: str, items: Sequence[Judged], chart: Chart) -> list[dict[str, Any]]:
    as_expected = {item.code: item.expected for item in items}
    proposed = [(code, as_expected[code.code], "review") for code in answer.codes if code.code in as_expected]
    rejected = [(code, code.code, "candidate") for code in answer.rejected if code.code not in chart.optional]
    return [
        {
            "system": _SYSTEM,
            "code": name,
            "confidence": code.confidence,
            "decision": decision,
            "evidence": [{"begin": e.begin, "end": e.end, "quote": text[e.begin : e.end]} for e in code.evidence],
        }
        for code, name, decision in (*proposed, *rejected)
    ]


if __name__ == "__main__":
    main()
