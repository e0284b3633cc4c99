"""Which side: the codes against each other, and against the words that they rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from chartstream.codesets import CodeSet
from chartstream.events.coding import Diagnosis
from chartstream.events.extraction import Evidence
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.laterality import on_side, regions_of_code, same_family, side_of
from chartstream.validation.passages import Span, heading_above
from chartstream.validation.quotes import Quotes
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.sides import Side, sides_in, sides_of_part

registry = Registry()

_ONE_SIDE = {Side.LEFT, Side.RIGHT}
_EITHER = (frozenset({Side.LEFT}), frozenset({Side.RIGHT}))
_Around = Callable[[Quotes, str, Evidence], Span | None]


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.B.13: laterality",
    remedy="keep the code of the side that is documented, the bilateral one where both are; acknowledge both where "
    "one side has been treated and the other not",
    example={"codes": ["H25.13", "H25.11"]},
)
def laterality_conflict(claim: Claim) -> Iterator[Hit]:
    """Bilateral beside one side, an unspecified side beside a stated one, both sides where a bilateral code exists."""
    codes = claim.code_set
    if codes is None:
        return
    sided = [d.code for d in claim.icd10cm if side_of(codes, d.code) is not None]
    for one, other in combinations(dict.fromkeys(sided), 2):
        if not same_family(codes, one, other):
            continue
        if {side_of(codes, one), side_of(codes, other)} != _ONE_SIDE:
            yield Hit(f"{one} and {other} state different sides of one condition", (one, other))
        elif (both := on_side(codes, one, Side.BILATERAL)) is not None:
            yield Hit(f"{one} and {other} together are {both}", (one, other))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.B.13: laterality is coded as documented; without a bilateral code, codes "
    "for the left and for the right side",
    remedy="look at the words; choose the code of their side (or the codes of both), or acknowledge that another part "
    "of the record decides",
    example={"codes": [{"code": "M25.561", "quote": "Left knee pain"}], "text": "Left knee pain for two weeks."},
)
def laterality_contradicted(claim: Claim) -> Iterator[Hit]:
    """A code of one side, or of both, whose words, or else their sentence or heading, state another side or both."""
    codes = claim.code_set
    if codes is None:
        return
    for diagnosis in claim.icd10cm:
        side = side_of(codes, diagnosis.code)
        if side is None or side is Side.UNSPECIFIED:
            continue
        stated = _stated_for(claim, diagnosis, regions_of_code(codes, diagnosis.code))
        if stated and _contradicts(claim, codes, diagnosis.code, stated):
            words = " and ".join(sorted(one.value for one in stated))
            yield Hit(f"{diagnosis.code} states {side.value}, its evidence {words}", (diagnosis.code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.B.13: codes for an unspecified side only where no side is documented",
    remedy="choose the code of the side that is documented",
    example={"codes": [{"code": "M25.569", "quote": "Left knee pain"}], "text": "Left knee pain for two weeks."},
)
def laterality_unspecified(claim: Claim) -> Iterator[Hit]:
    """A code that leaves the side open although its words or their sentence state that part of the body with one."""
    codes = claim.code_set
    if codes is None:
        return
    for diagnosis in claim.icd10cm:
        code = diagnosis.code
        if side_of(codes, code) is not Side.UNSPECIFIED:
            continue
        stated = _stated_of_part(claim, diagnosis, regions_of_code(codes, code))
        if len(stated) == 1 and (known := _of_sides(codes, code, *stated)):
            yield Hit(f"{code} leaves the side open, its evidence does not: {' and '.join(known)}", (code,))


def _of_sides(codes: CodeSet, code: str, side: Side) -> Sequence[str]:
    """The code of the same condition on a side; for both sides without a code of their own, those of either side."""
    found = on_side(codes, code, side)
    if found is not None:
        return (found,)
    either = (Side.RIGHT, Side.LEFT) if side is Side.BILATERAL else ()
    return [of_side for one in either if (of_side := on_side(codes, code, one)) is not None]


def _contradicts(claim: Claim, codes: CodeSet, code: str, stated: frozenset[Side]) -> bool:
    """Whether words that state some sides speak against the side of a code."""
    side = side_of(codes, code)
    if side is Side.BILATERAL:
        return stated in _EITHER
    if side in stated:
        return False
    if Side.BILATERAL not in stated or on_side(codes, code, Side.BILATERAL) is not None:
        return True
    other = on_side(codes, code, Side.RIGHT if side is Side.LEFT else Side.LEFT)
    return other is not None and all(d.code != other for d in claim.icd10cm)


def _stated_for(claim: Claim, diagnosis: Diagnosis, regions: frozenset[str]) -> frozenset[Side]:
    """The sides that the words of any of its evidence state, or else their sentences, or else their headings."""
    for around in (_words, _sentence, _heading):
        stated = frozenset[Side]().union(
            *(sides_in(text, *span, regions) for text, span in _spans(claim.quotes, diagnosis, around))
        )
        if stated:
            return stated
    return frozenset()


def _stated_of_part(claim: Claim, diagnosis: Diagnosis, regions: frozenset[str]) -> frozenset[Side]:
    """The sides that the words of its evidence, or else their sentences, state of the part of the body itself."""
    for around in (_words, _sentence):
        stated = frozenset[Side]().union(
            *(sides_of_part(text, *span, regions) for text, span in _spans(claim.quotes, diagnosis, around))
        )
        if stated:
            return stated
    return frozenset()


def _spans(quotes: Quotes, diagnosis: Diagnosis, around: _Around) -> Iterator[tuple[str, Span]]:
    for evidence in diagnosis.evidence:
        text = quotes.text_under(evidence)
        span = around(quotes, text, evidence) if text is not None else None
        if text is not None and span is not None:
            yield text, span


def _words(quotes: Quotes, text: str, evidence: Evidence) -> Span | None:
    return evidence.begin, evidence.end


def _sentence(quotes: Quotes, text: str, evidence: Evidence) -> Span | None:
    return quotes.sentence(evidence)


def _heading(quotes: Quotes, text: str, evidence: Evidence) -> Span | None:
    return heading_above(text, evidence.begin)
