"""``chartstream code``: notes in, codes out, through the five stages in this process. No Kafka, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, TextIO, TypeVar

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from chartstream.cli.note_lines import NoteLine, read_lines
from chartstream.cli.predictions import Prediction, prediction_of
from chartstream.cli.written import write
from chartstream.coding.model import Profile
from chartstream.errors import ConfigurationError
from chartstream.events.encounter import ClaimType
from chartstream.viewer.coded import CodedNote

_TYPES = {".txt", ".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".docx", ".doc", ".rtf", ".hl7", ".xml", ".json"}

T = TypeVar("T")
_Coded = tuple[CodedNote, str | None]  # and the text as it was given, in which its offsets are to count
_stderr = Console(stderr=True)


def code(
    notes: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="Files (txt, pdf, png, jpg, tiff, docx, doc, rtf, hl7, CDA as xml, FHIR as json) or one .jsonl.",
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Write predictions here, a line of JSON for each note.")] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Write a page to look at here: evidence lit up by code. It holds the notes."),
    ] = None,
    profile: Annotated[
        Profile, typer.Option(help="What counts: what a claim may carry, or all that is mentioned.")
    ] = Profile.CLAIM,
    release: Annotated[str | None, typer.Option(help="An installed ICD-10-CM release, by its name.")] = None,
    certificate: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Certificate under which codes are released.")
    ] = None,
    claim_type: Annotated[
        ClaimType, typer.Option(case_sensitive=False, help="Claim type of files; lines of a .jsonl state a setting.")
    ] = ClaimType.PROFESSIONAL,
) -> None:
    """Code notes: each file, or each line of a .jsonl, is an encounter of its own.

    Lines cannot carry a date of service, a provider and a signature: these are waived. Files are waived nothing.
    """
    from chartstream.cli.batch import WAIVED, Batch  # noqa: PLC0415 - loads the engines
    from chartstream.routing.certificate import Certificate  # noqa: PLC0415
    from chartstream.viewer.codes_page import render_codes  # noqa: PLC0415

    lines = _lines(notes)
    batch = Batch(
        profile=profile,
        release=release,
        certificate=Certificate.load(certificate) if certificate is not None else None,
        waived=WAIVED if lines is not None else (),
    )
    if lines is not None:
        _stderr.print(f"waived, as lines cannot carry them: {', '.join(WAIVED)}; codes of {batch.codes.release.name}")
        coded: Iterable[_Coded] = ((batch.code_line(line), line.text) for line in _tracked(lines))
    else:
        coded = ((batch.code_file(path, claim_type), None) for path in _tracked(notes))
    kept = _give(out, coded, keep=html is not None)
    if html is not None:
        write(html, render_codes(kept))


def _lines(notes: Sequence[Path]) -> list[NoteLine] | None:
    """The notes of the one .jsonl, or None for files. Raises ``ConfigurationError`` for what is neither."""
    if [path.suffix.lower() for path in notes] == [".jsonl"]:
        return read_lines(notes[0])
    strange = [path.name for path in notes if path.suffix.lower() not in _TYPES]
    if strange:
        raise ConfigurationError(
            f"{strange[0]} is no document that can be coded; give {', '.join(sorted(_TYPES))}, or one .jsonl alone"
        )
    return None


def _tracked(items: Sequence[T]) -> Iterable[T]:
    return track(items, description="coding", console=_stderr, transient=True)


def _give(out: Path | None, coded: Iterable[_Coded], *, keep: bool) -> list[CodedNote]:
    """Write each note's predictions as it is coded, or show them all; the notes, where they are to be kept."""
    kept = []
    with _opened(out) as file:
        for note, original in coded:
            if file is not None:
                file.write(f"{prediction_of(note, original).line()}\n")
            if keep or file is None:
                kept.append(note)
    if file is None:
        for note in kept:
            Console().print(_table(prediction_of(note)))
    return kept


def _opened(out: Path | None) -> AbstractContextManager[TextIO | None]:
    if out is None:
        return nullcontext()
    try:
        return out.open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{out.name} cannot be written: {error.strerror}; name another file") from error


def _table(prediction: Prediction) -> Table:
    """One note: its codes with the words that support each, and why it went where it went."""
    problems = "\n".join(f"{problem.code}: {problem.message}. {problem.remedy}." for problem in prediction.problems)
    table = Table(title=f"{prediction.note_id}: {prediction.outcome}", caption=problems, title_justify="left")
    table.caption_justify = "left"
    table.add_column("code", no_wrap=True)
    table.add_column("description")
    table.add_column("confidence", justify="right")
    table.add_column("decision")
    table.add_column("evidence")
    for line in prediction.codes:
        quotes = " … ".join(span.quote for span in line.evidence)
        table.add_row(line.code, line.description, f"{line.confidence:.2f}", line.decision, quotes)
    return table
