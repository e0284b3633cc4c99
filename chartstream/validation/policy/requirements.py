"""What a rule requires: is it missing?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from chartstream.events.coding import Procedure
from chartstream.validation.claim import Claim
from chartstream.validation.policy.codes import diagnosis_codes, line_key, service_codes
from chartstream.validation.policy.conditions import (
    has_authorization,
    has_document,
    has_field,
    has_section,
    some_diagnosis,
)
from chartstream.validation.policy.model import Requirement
from chartstream.validation.policy.truth import Truth, all_hold, is_not, one_of

Missing = Callable[[Claim, Procedure | None], tuple[Truth, Sequence[str]]]
"""Whether something that is required is missing, and the facts that are not known where that is undecided."""
_Part = tuple[str, Callable[[Claim, Procedure | None], Truth]]


def missing_from(requirement: Requirement) -> Missing:
    """The requirement made ready: a function of the claim and of the line that the rule is about."""
    parts = (*_of_codes(requirement), *_of_encounter(requirement), *_of_documents(requirement))

    def missing(claim: Claim, line: Procedure | None) -> tuple[Truth, Sequence[str]]:
        met = [(label, there(claim, line)) for label, there in parts]
        answer = is_not(all_hold(truth for _, truth in met))
        return answer, [label for label, truth in met if truth is None] if answer is None else ()

    return missing


def _of_codes(requirement: Requirement) -> Iterator[_Part]:
    if requirement.modifier is not None:
        modifiers = frozenset(value.upper() for value in requirement.modifier)
        yield "the modifier", lambda _, line: line is not None and not modifiers.isdisjoint(line.modifiers)
    if requirement.companion is not None:
        companions = service_codes(requirement.companion)
        yield (
            "the companion",
            lambda claim, line: any(other is not line and line_key(other) in companions for other in claim.procedures),
        )
    if requirement.diagnosis is not None:
        codes = diagnosis_codes(requirement.diagnosis)
        yield "the diagnosis", lambda claim, _: some_diagnosis(claim.icd10cm, codes)


def _of_encounter(requirement: Requirement) -> Iterator[_Part]:
    if requirement.authorization is not None:
        # no billing context, no authorization: it is required, so that it is missing
        yield "the authorization", lambda claim, _: bool(has_authorization(claim))
    if requirement.specialty is not None:
        specialties = frozenset(requirement.specialty)
        yield "the specialty", lambda claim, _: one_of(claim.encounter.specialty, specialties)


def _of_documents(requirement: Requirement) -> Iterator[_Part]:
    if requirement.document is not None:
        kinds = frozenset(requirement.document)
        yield "what kinds of documents there are", lambda claim, _: has_document(claim, kinds)
    if requirement.section is not None:
        sections = frozenset(requirement.section)
        yield "what sections the documents have", lambda claim, _: has_section(claim, sections)
    if requirement.field is not None:
        fields = frozenset(requirement.field)
        yield "what fields were extracted", lambda claim, _: has_field(claim, fields)
