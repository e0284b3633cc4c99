"""How well documents are read: ours beside plain PaddleOCR, RapidOCR and Tesseract, on our own notes, in one run.

python benchmarks/documents.py [--engines ours tesseract] [--variants clean fax] [--pages 6] [--half A|B|all]
                               [--calibrate FILE] [--cache DIR] [--json FILE]

The pages (benchmarks/reading/corpus.py) are clinical notes of invented patients in varied layouts; the variants are a
PDF with its text layer, and pictures as scanners, fax machines and telephones make them. What the figures mean is said
in benchmarks/reading/{align,metrics,cells,stated,confidence}.py. Fonts and peers are fetched on first use from Debian's
packages and by pip, into a cache; a peer that cannot be had is left out, and said so.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from benchmarks.machine import machine
from benchmarks.reading import report
from benchmarks.reading.confidence import calibration_error, reliability
from benchmarks.reading.corpus import ALL_VARIANTS, TEXT_LAYER, Half, pages
from benchmarks.reading.debian import NotToBeHad
from benchmarks.reading.engines import ENGINES, Command
from benchmarks.reading.run import Course, run
from benchmarks.reading.scoring import Score, calibration_rows
from benchmarks.reading.sections import measure as measure_sections

PAGES = {TEXT_LAYER: None, "clean": 40}
"""How many are read of a variant, None for all; of those not named, ``BAD_PAGES``. So that all four engines and all
variants take about 25 minutes on two cores."""

BAD_PAGES = 16

_FILE_WIDTH = 140  # characters of a line where the output goes to a file

_PACKAGES = ("paddleocr", "paddlex", "onnxruntime", "pypdfium2", "opencv-contrib-python", "rapidfuzz", "reportlab")


def commands(names: Sequence[str], console: Console) -> dict[str, Command]:
    """The engines that can be had."""
    found = {}
    for name in names:
        try:
            found[name] = ENGINES[name]()
        except NotToBeHad as error:
            console.log(f"{name} is left out: {error}")
    return found


def measure(options: argparse.Namespace, console: Console) -> list[Score]:
    """Read every variant with every engine."""
    engines = commands(options.engines, console)
    scores: list[Score] = []
    with Progress(console=console, transient=True) as progress:
        for variant in options.variants:
            task = progress.add_task(f"drawing {variant}", total=None)
            samples = list(pages([variant], _limit(options.pages, variant), options.half))
            taking = [name for name in engines if variant != TEXT_LAYER or name == "ours"]
            progress.update(task, total=len(samples) * len(taking))
            folder = Path(tempfile.mkdtemp(prefix="chartstream-reading-"))
            try:
                course = Course(variant, samples, folder, options.cache)
                course.lay()
                for name in taking:
                    progress.update(task, description=f"{variant}: {name}")
                    try:
                        scores.append(run(name, engines[name], course, partial(progress.advance, task)))
                        console.log(_line(scores[-1]))
                    except NotToBeHad as error:
                        console.log(f"{name} read no {variant}: {error}")
            finally:
                shutil.rmtree(folder)
            progress.remove_task(task)
    return scores


def _line(score: Score) -> str:
    counts, seconds = score.counts, statistics.mean(score.seconds)
    return f"{score.variant}, {score.engine}: CER {counts.error_rate:.2%} on {counts.pages} pages, {seconds:.1f} s each"


def _limit(asked: int | None, variant: str) -> int | None:
    return PAGES.get(variant, BAD_PAGES) if asked is None else asked


def main() -> int:
    """Measure, print, and exit with status 0; with 1 where the fonts of the corpus cannot be had."""
    options, console = _parser().parse_args(), Console()
    if not console.is_terminal:
        console = Console(width=_FILE_WIDTH)
    what = machine(_PACKAGES)
    try:
        scores = measure(options, console)
    except NotToBeHad as error:
        console.print(f"The corpus cannot be drawn: {error}")
        return 1
    figures = [score.figures() for score in scores]
    recognised = [s for s in scores if s.engine == "ours" and s.variant != TEXT_LAYER]
    claims = [(outcome.probability, outcome.right) for score in recognised for _, outcome in score.outcomes]
    found: dict[str, Any] = {
        "machine": what,
        "half": options.half,
        "reading": figures,
        "calibration": {"error": calibration_error(claims), "reliability": reliability(claims)},
        "sections": measure_sections(),
    }
    _show(found, console)
    if options.calibrate:
        rows = (json.dumps(row, ensure_ascii=False) for score in recognised for row in calibration_rows(score))
        options.calibrate.write_text("\n".join(rows) + "\n", encoding="utf-8")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0


def _show(found: dict[str, Any], console: Console) -> None:
    console.print(", ".join(f"{name} {value}" for name, value in found["machine"].items()))
    figures = found["reading"]
    console.print(", ".join(dict.fromkeys(each["version"] for each in figures)))
    console.print(report.quality(figures))
    console.print(report.ours(figures))
    for each in figures:
        if "text_ms_a_page" in each:
            whole = each["seconds_a_page"] * 1000
            console.print(f"Text layer: {each['text_ms_a_page']:.1f} ms a page for the words, {whole:.1f} ms for all")
    if found["calibration"]["reliability"]:
        console.print(report.reliability(found["calibration"]["reliability"]))
        console.print(f"Expected calibration error {found['calibration']['error'] * 100:.2f} %")
    for half, score in found["sections"].items():
        console.print(f"Sections, notes {half}: F1 {score['f1']:.3f} ({score['notes']} notes)")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES), metavar="NAME")
    parser.add_argument("--variants", nargs="+", choices=ALL_VARIANTS, default=list(ALL_VARIANTS), metavar="NAME")
    parser.add_argument("--pages", type=int, help="of each variant; without it as many as PAGES says")
    halves: tuple[Half, ...] = ("A", "B", "all")
    parser.add_argument("--half", choices=halves, default="all", help="documents to read: tune on A, report B and all")
    parser.add_argument("--calibrate", type=Path, metavar="FILE", help="write a JSON line for each word that we read")
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="keep the peers' answers there, by content and version"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
