"""``chartstream demo``: the sample encounters through the five processors on a real Kafka, with the sums checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_SAMPLES = Path(__file__).parents[2] / "samples"


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running, and say how to use it.")] = False,
    down: Annotated[bool, typer.Option("--down", help="End what --keep left running.")] = False,
    samples: Annotated[Path, typer.Option(help="Folder of the sample encounters.")] = DEFAULT_SAMPLES,
    seconds: Annotated[float, typer.Option(help="How long to wait for the outcomes.")] = 300.0,
) -> None:
    """Run the sample encounters through all five processors and check the sums. Exit status 1 if they do not hold."""
    from chartstream.demonstration import run  # noqa: PLC0415 - the other commands start faster without it

    if down:
        run.end(samples)
    elif not run.demonstrate(samples, seconds, keep=keep):
        raise typer.Exit(1)
