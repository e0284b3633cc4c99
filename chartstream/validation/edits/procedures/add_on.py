"""Add-on codes stand beside their primary procedure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chartstream.codesets.services import AddOn
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import OUTPATIENT, ServiceLine, ServiceLines, lines_of
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.service_rules import listed, service_rules

registry = Registry(of_lines=True)

_LISTED_PRIMARIES = 1


@registry.edit(
    Severity.BLOCKS,
    source="CMS add-on code edits (change request 7501), type 1; NCCI Policy Manual, chapter I, section R",
    remedy="add the primary procedure, or remove the add-on code",
    example={"codes": ["L97.512"], "procedures": ["11045"]},
    claim_types=OUTPATIENT,
)
def add_on_alone(claim: Claim) -> Iterator[Hit]:
    """An add-on code without any primary, or without one of those that its edit lists, on its day by its provider."""
    lines = lines_of(claim)
    for line in lines.add_ons:
        if _allowed_alone(line):
            continue
        beside = _primaries(lines, line)
        if not beside:
            if not _by_another_provider(lines, line):
                yield Hit(f"{line.code} is an add-on code and stands without a primary procedure", (line.code,))
        elif (edit := line.service.add_on) is not None and edit.kind == _LISTED_PRIMARIES and _missing(edit, beside):
            yield Hit(f"{line.code} is an add-on code; none of its primary procedures stands beside it", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="CMS add-on code edits (change request 7501), types 2 and 3; Medicare Claims Processing Manual, chapter 12, "
    "section 30.6.12 (99292)",
    remedy="see that the primary procedure was reported, and acknowledge it",
    example={"codes": ["I10"], "procedures": ["99292"]},
    claim_types=OUTPATIENT,
)
def add_on_primary_unsure(claim: Claim) -> Iterator[Hit]:
    """An add-on code whose primary cannot be told: its edit lists none or not all, or it is another provider's."""
    lines = lines_of(claim)
    for line in lines.add_ons:
        beside, edit = _primaries(lines, line), line.service.add_on
        if _allowed_alone(line) and (edit is None or _missing(edit, beside)):
            yield Hit(f"{line.code} stands without its primary procedure, as a colleague may report it", (line.code,))
        elif not beside and _by_another_provider(lines, line):
            yield Hit(f"{line.code} is an add-on code; its primary procedure is another provider's", (line.code,))
        elif beside and (edit is None or (edit.kind != _LISTED_PRIMARIES and _missing(edit, beside))):
            yield Hit(f"{line.code} is an add-on code; its primary procedure cannot be told", (line.code,))


def _primaries(lines: ServiceLines, line: ServiceLine) -> Sequence[str]:
    """The codes beside a line that are no add-ons themselves."""
    return tuple(other.code for other in lines.companions(line) if not other.service.is_add_on)


def _missing(edit: AddOn, beside: Sequence[str]) -> bool:
    return not set(edit.primaries) & set(beside)


def _allowed_alone(line: ServiceLine) -> bool:
    return listed(line.code, service_rules().add_on_alone_allowed.codes)


def _by_another_provider(lines: ServiceLines, line: ServiceLine) -> bool:
    return any(not other.service.is_add_on for other in lines.same_day(line))
