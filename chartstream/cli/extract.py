"""``chartstream extract``: what is read from a document, in the terminal, as JSON and as a page to look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from chartstream.cli.written import write
from chartstream.events.encounter import ClaimType

_stderr = Console(stderr=True)


def extract(
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="Documents of any readable type; the content decides."),
    ],
    html: Annotated[
        Path | None, typer.Option(help="Write a page to look at here: page images, boxes, text. It holds the note.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write everything that was read here, as JSON. It holds the note.")
    ] = None,
    claim_type: Annotated[
        ClaimType, typer.Option(case_sensitive=False, help="Claim type: it decides which dates a note must state.")
    ] = ClaimType.PROFESSIONAL,
) -> None:
    """Show what intake finds in documents and what extraction reads from them. Nothing is kept, nothing is coded.

    Each file is an encounter of its own. A document that intake would show to a person first is read all the same.
    """
    from chartstream.cli.extract_tables import show  # noqa: PLC0415 - loads the engines
    from chartstream.cli.reading import FileReader  # noqa: PLC0415
    from chartstream.viewer.page import render  # noqa: PLC0415
    from chartstream.viewer.record import as_data  # noqa: PLC0415
    from services.extraction.ocr import ConfiguredOcr  # noqa: PLC0415
    from services.extraction.settings import OcrSettings  # noqa: PLC0415

    reader = FileReader(ConfiguredOcr(OcrSettings.from_environment()).make)
    console = Console()
    seen = []
    for path in track(files, description="reading", console=_stderr, transient=True):
        file = reader.read(path, claim_type)
        show(file, console)
        seen.append(file)
    if json_file is not None:
        write(json_file, json.dumps([as_data(file) for file in seen], ensure_ascii=False, indent=1) + "\n")
    if html is not None:
        write(html, render(seen))
