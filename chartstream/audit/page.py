"""The page of a bundle, for whoever writes the appeal: what was billed, on which words, rules, people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from chartstream.audit.gathered import Gathered
from chartstream.audit.material import TEXT, Kept, Quoted, codes_of, documents_of, explanations
from chartstream.audit.story import acknowledged, outcome_words, released_by, story
from chartstream.events.claims import ClaimCoded, ClaimKind, ClaimOutcome
from chartstream.events.coding import CodeSystem, Coding, Diagnosis, Explanation, Procedure
from chartstream.events.review import ReviewRequested
from chartstream.events.validation import CodesValidated, Finding
from chartstream.viewer.coded import system_name
from chartstream.viewer.html import environment, shell

_HUES = 8
Shown = ClaimCoded | CodesValidated | ReviewRequested


@dataclass(frozen=True, slots=True)
class _Revision:
    claim: ClaimCoded
    released: str
    codes: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A code with its quotes, the path from them to it, and the edits that fired for it."""

    hue: int
    item: Diagnosis | Procedure
    quotes: tuple[Quoted, ...]
    path: Explanation | None
    edits: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters of a text that support the same codes; ``label`` names those whose quote begins here."""

    text: str
    hue: int | None
    label: str


@dataclass(frozen=True, slots=True)
class _Text:
    document_id: str
    name: str
    pieces: tuple[_Piece, ...]


def render(gathered: Gathered, made_at: datetime) -> str:
    """One HTML file; it holds the whole texts of the claim's documents."""
    found, things, quotes = gathered.found, gathered.things, gathered.quotes
    events = [each.event for each in found if each.event is not None and each.event.head.run_id == "live"]
    claims = sorted((each for each in events if isinstance(each, ClaimCoded)), key=lambda claim: claim.revision)
    outcomes = [each for each in events if isinstance(each, ClaimOutcome)]
    shown = _shown(claims, [each for each in events if isinstance(each, CodesValidated | ReviewRequested)])
    paths = explanations(events, shown.head.encounter_version) if shown is not None else {}
    lines = _lines(shown, quotes, paths)
    named = {line.item.code for line in lines}
    return (
        environment()
        .get_template("audit.html.j2")
        .render(
            encounter_id=gathered.encounter_id,
            made_at=made_at,
            shown=shown,
            is_claim=isinstance(shown, ClaimCoded),
            coding=shown.coding if isinstance(shown, CodesValidated | ReviewRequested) else shown,
            certificate=_certificate(claims),
            revisions=[_revision(claim, outcomes) for claim in claims],
            lines=lines,
            general=[edit for edit in (shown.findings if shown else ()) if not named.intersection(edit.codes)],
            acknowledged=acknowledged,
            system_name=system_name,
            texts=_texts(shown, things, lines),
            things=things,
            steps=story(found),
            gaps=gathered.gaps(),
            shell=shell(("viewer.css", "codes.css", "audit.css"), "audit.js"),
        )
    )


def _shown(claims: Sequence[ClaimCoded], others: Sequence[CodesValidated | ReviewRequested]) -> Shown | None:
    """What was billed last with content; without a claim, what would have been."""
    billed = [claim for claim in claims if claim.kind is not ClaimKind.VOID]
    candidates: list[Shown] = [*billed] or [each for each in others if isinstance(each.coding, Coding)]
    return candidates[-1] if candidates else None


def _certificate(claims: Sequence[ClaimCoded]) -> object:
    approvals = [claim.approval for claim in claims if claim.approval is not None]
    return approvals[-1].certificate if approvals else None


def _revision(claim: ClaimCoded, outcomes: Sequence[ClaimOutcome]) -> _Revision:
    answers = tuple(outcome_words(each) for each in outcomes if each.revision == claim.revision)
    codes = ", ".join(line.code for line in codes_of(claim))
    return _Revision(claim, released_by(claim), codes, answers)


def _lines(
    shown: Shown | None, quotes: Sequence[Quoted], paths: Mapping[tuple[CodeSystem, str], Explanation]
) -> tuple[_Line, ...]:
    texts = {document.document_id: document.text.sha256 for document in documents_of(shown)}
    edits = shown.findings if shown is not None else ()
    made = []
    for number, item in enumerate(codes_of(shown)):
        own = {(texts.get(place.document_id, ""), place.begin, place.end) for place in item.evidence}
        fitting = (
            quote
            for quote in quotes
            if quote.code == item.code and (quote.text_sha256, quote.evidence.begin, quote.evidence.end) in own
        )
        fired = tuple(edit for edit in edits if item.code in edit.codes)
        made.append(_Line(number % _HUES, item, tuple(fitting), paths.get((item.system, item.code)), fired))
    return tuple(made)


def _texts(shown: Shown | None, things: Sequence[Kept], lines: Sequence[_Line]) -> tuple[_Text, ...]:
    texts = {each.check.sha256: each for each in things if each.what == TEXT and each.content is not None}
    made = []
    for document in documents_of(shown):
        thing = texts.get(document.text.sha256)
        if thing is not None and thing.content is not None:
            marks = [
                (quote.evidence.begin, quote.evidence.end, line.hue, line.item.code)
                for line in lines
                for quote in line.quotes
                if quote.text_sha256 == document.text.sha256 and quote.text is not None
            ]
            pieces = tuple(_pieces(thing.content.decode(), marks))
            made.append(_Text(document.document_id, thing.name or "", pieces))
    return tuple(made)


def _pieces(text: str, marks: Sequence[tuple[int, int, int, str]]) -> Iterator[_Piece]:
    """The text cut where a quote begins or ends; where quotes overlap, the first code's colour holds."""
    cuts = sorted({0, len(text), *(cut for begin, end, *_ in marks for cut in (begin, end))})
    for low, high in pairwise(cuts):
        over = [mark for mark in marks if mark[0] <= low and high <= mark[1]]
        label = " ".join(dict.fromkeys(code for begin, _, _, code in over if begin == low))
        yield _Piece(text[low:high], over[0][2] if over else None, label)
