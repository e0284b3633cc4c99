"""``chartstream explain``: the path from a note's words to a code, or why a code was not proposed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from chartstream.codesets.catalogue import CodeSet, dotted
from chartstream.coding.model import Profile
from chartstream.errors import ConfigurationError
from chartstream.events.encounter import ClaimType
from chartstream.events.extraction import Evidence
from chartstream.viewer.coded import CodedNote, Proposed

if TYPE_CHECKING:
    from chartstream.cli.batch import Batch


def explain(
    note: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A note's file, or a .jsonl with --note.")],
    code: Annotated[str | None, typer.Option(help="The code to explain; without it every proposed one is.")] = None,
    note_id: Annotated[str | None, typer.Option("--note", help="Which line of the .jsonl, by its note_id.")] = None,
    profile: Annotated[
        Profile, typer.Option(help="What counts: what a claim may carry, or all that is mentioned.")
    ] = Profile.CLAIM,
    release: Annotated[str | None, typer.Option(help="An installed ICD-10-CM release, by its name.")] = None,
    claim_type: Annotated[
        ClaimType, typer.Option(case_sensitive=False, help="Claim type of a file.")
    ] = ClaimType.PROFESSIONAL,
) -> None:
    """Print how the words of a note led to a code: evidence, rule, each step, and the features of its confidence.

    A code that was not proposed is explained too: why it was turned down, or that nothing in the note names it. Nothing
    is released here, so what a claim asks for besides (a date of service, a signature) is waived.
    """
    from chartstream.cli.batch import WAIVED, Batch  # noqa: PLC0415 - loads the engines

    batch = Batch(profile=profile, release=release, waived=WAIVED)
    lines = note.suffix.lower() == ".jsonl"
    coded = _line(batch, note, note_id) if lines else batch.code_file(note, claim_type)
    console = Console()
    if not coded.texts:
        reasons = "; ".join(f"{p.message} ({p.remedy})" for p in coded.problems)
        raise ConfigurationError(f"{note.name} was not coded: {reasons}")
    wanted = [_known(code, batch.codes)] if code is not None else [line.code for line in coded.proposed]
    for name in wanted:
        console.print(Group(*explanation(coded, name, batch.codes)))
    if not wanted:
        console.print(f"no code is proposed for {escape(note.name)}; {len(coded.candidates)} were considered")


def explanation(note: CodedNote, code: str, codes: CodeSet) -> Iterator[RenderableType]:
    """What there is to say of ``code``, which the release has, in this note."""
    entry = codes.get(code)
    yield Text.assemble((code, "bold"), "  ", entry.description if entry is not None else "")
    proposed = next((line for line in note.proposed if line.code == code), None)
    candidate = next((line for line in note.candidates if line.code == code), None)
    if proposed is not None:
        yield from _of_proposed(note, proposed)
    elif candidate is not None:
        yield f"turned down, confidence {candidate.code_confidence:.2f}: {escape(candidate.reason)}"
        yield from _evidence(note, candidate.evidence)
    else:
        yield from _of_unseen(note, code, codes)


def _line(batch: Batch, path: Path, note_id: str | None) -> CodedNote:
    from chartstream.cli.note_lines import read_lines  # noqa: PLC0415

    found = [line for line in read_lines(path) if note_id is None or line.note_id == note_id]
    if len(found) != 1:
        raise ConfigurationError(f"{path.name}: {len(found)} lines are meant; name one with --note")
    return batch.code_line(found[0])


def _known(code: str, codes: CodeSet) -> str:
    if code not in codes:
        raise ConfigurationError(f"{code} is no code of {codes.release.name}; check its spelling, or name a --release")
    return dotted(code)


def _of_proposed(note: CodedNote, line: Proposed) -> Iterator[RenderableType]:
    confidence = f"{line.code_confidence:.2f}" if line.code_confidence is not None else "unknown"
    released = "released" if note.outcome == "coded" else "goes to a person"
    read = f"read with {line.extraction_confidence:.2f}"
    yield f"number {line.sequence} on the claim, confidence {confidence}, {read}; {released}"
    yield from _evidence(note, line.evidence)
    path = line.explanation
    if path is not None:
        yield _indented(
            "[bold]path[/]", f"{escape(path.rule)}" + (f", term “{escape(path.term)}”" if path.term else "")
        )
        yield from (_indented(f"{number}.", escape(step)) for number, step in enumerate(path.steps, start=1))
        features = ", ".join(f"{name} {value:g}" for name, value in path.features.items())
        yield _indented("[bold]features[/]", features or "none")
    for edit in note.edits_of(line.code):
        yield _indented(f"[bold]edit {escape(edit.edit)}[/]", f"{escape(edit.message)} {escape(edit.remedy)}")
    if note.coding is not None:
        for query in (q for q in note.coding.queries if q.code == line.code):
            options = f" ({', '.join(query.options)})" if query.options else ""
            yield _indented("[bold]query[/]", escape(f"{query.question}{options}"))
    for other in (c for c in note.candidates if line.code in c.reason):
        yield _indented("[bold]instead of[/]", escape(f"{other.code} {other.description}: {other.reason}"))


def _of_unseen(note: CodedNote, code: str, codes: CodeSet) -> Iterator[RenderableType]:
    from chartstream.coding.lexicon.terms import own_terms  # noqa: PLC0415 - reads every term

    entry = codes.get(code)
    if entry is None or not entry.billable:
        yield "not billable: a claim needs one of the codes below it"
    yield "not considered: nothing that was read for this profile names it"
    inclusions = entry.inclusion_terms if entry is not None else ()
    words = dict.fromkeys([*inclusions, *(term for name, _, term in own_terms() if name == code)])
    if words:
        yield _indented("[bold]its terms[/]", escape("; ".join(words)))
    near = [line for line in (*note.proposed, *note.candidates) if line.code[:3] == code[:3]]
    for line in near:
        yield _indented("[bold]of its category[/]", escape(f"{line.code} {line.description}"))


def _evidence(note: CodedNote, evidence: Sequence[Evidence]) -> Iterator[RenderableType]:
    for place in evidence:
        quote = " ".join(note.quote(place).split())
        where = (place.section or "no section").replace("_", " ")
        page = f", page {place.page}" if place.page is not None else ""
        stands = f"{place.role} in {where}{page}, characters {place.begin} to {place.end}"
        yield _indented(f"[italic]“{escape(quote)}”[/]", f"[dim]{escape(stands)}[/]")


def _indented(label: str, text: str) -> RenderableType:
    return Padding(f"{label} {text}", (0, 0, 0, 2))
