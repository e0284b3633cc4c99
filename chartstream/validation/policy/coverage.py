"""Coverage lists: is a procedure supported by a diagnosis that it points to, and billed within its frequency?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from chartstream.events.coding import Procedure
from chartstream.validation.claim import Claim
from chartstream.validation.policy.codes import Codes, diagnosis_codes, diagnosis_key, line_key, service_codes
from chartstream.validation.policy.compiled import (
    SEVERITIES,
    Compiled,
    RuleHit,
    in_force,
    payers_of,
    undecided,
    unknown_day,
)
from chartstream.validation.policy.conditions import Edits, Together, claim_condition, pointed_to
from chartstream.validation.policy.model import CoverageList, Frequency
from chartstream.validation.policy.truth import all_hold

FREQUENCY = "frequency"


def compiled_list(listed: CoverageList, edits: Edits) -> Compiled:
    """A coverage list made ready. Raises ``ConfigurationError`` for an edit that it names and that is none."""
    procedures = service_codes(listed.procedures)
    check = _Check(
        listed=listed,
        condition=claim_condition(listed.when, edits),
        procedures=procedures,
        groups=tuple(
            (service_codes(group.procedures) if group.procedures else procedures, diagnosis_codes(group.diagnoses))
            for group in listed.groups
        ),
        not_covered=diagnosis_codes(listed.not_covered or ()),
    )
    return Compiled(
        name=listed.name,
        payers=payers_of(listed.when),
        procedure_heads=tuple(procedures.heads()),
        diagnosis_heads=None,
        check=check.hits,
    )


@dataclass(frozen=True, slots=True)
class _Check:
    listed: CoverageList
    condition: Together
    procedures: Codes
    groups: Sequence[tuple[Codes, Codes]]
    not_covered: Codes

    def hits(self, claim: Claim) -> Iterator[RuleHit]:
        lines = [line for line in claim.procedures if line_key(line) in self.procedures]
        if not lines or self.condition.holds(claim) is False:
            return
        for line in lines:
            if not self._supported(line, claim):
                codes = (line.code, *(d.code for d in pointed_to(line, claim)))
                message = f"no diagnosis that {line.code} points to supports it by {self.listed.number}"
                yield from self._settled(claim, line, message, codes, self.listed.name)
        if self.listed.frequency is not None:
            yield from self._too_often(claim, lines, self.listed.frequency)

    def _supported(self, line: Procedure, claim: Claim) -> bool:
        """A list without groups for a procedure covers it for all but the diagnoses that are not covered."""
        key = line_key(line)
        supporting = [diagnoses for procedures, diagnoses in self.groups if key in procedures]
        pointed = [diagnosis_key(d.code) for d in pointed_to(line, claim)]
        if supporting:
            return any(code in diagnoses for code in pointed for diagnoses in supporting)
        return not self.not_covered or any(code not in self.not_covered for code in pointed)

    def _too_often(self, claim: Claim, lines: Sequence[Procedure], frequency: Frequency) -> Iterator[RuleHit]:
        for line in lines:
            units = _units_within(frequency.days, line, lines, claim.reference_day)
            if units > frequency.units:
                message = (
                    f"{units.normalize():f} units from {line.code} on within {frequency.days} days, "
                    f"{self.listed.number} covers {frequency.units.normalize():f}"
                )
                yield from self._settled(claim, line, message, (line.code,), f"{self.listed.name}:{FREQUENCY}")
                return

    def _settled(
        self, claim: Claim, line: Procedure, message: str, codes: tuple[str, ...], name: str
    ) -> Iterator[RuleHit]:
        """The hit where the list is known to hold for the claim on the line's day; one for a person where it is not."""
        force = in_force(self.listed, claim, line)
        condition = self.condition.holds(claim)
        holds = all_hold((condition, force))
        if holds is None:
            asked = self.condition.unknown(claim) if condition is None else ()
            yield from undecided(self.listed, (*asked, *unknown_day(force)), line)
        elif holds:
            yield RuleHit(
                message,
                codes,
                rule=name,
                severity=SEVERITIES[self.listed.otherwise],
                source=f"{self.listed.number}; {self.listed.source}",
                remedy=self.listed.remedy,
            )


def _units_within(days: int, first: Procedure, lines: Sequence[Procedure], day: date | None) -> Decimal:
    """Units of lines from the first one's day on within so many days; lines without any date count with it."""
    begin = first.performed_from or day
    if begin is None:
        return sum((line.units for line in lines), Decimal(0))
    end = begin + timedelta(days=days)
    return sum((line.units for line in lines if begin <= (line.performed_from or day or begin) < end), Decimal(0))
