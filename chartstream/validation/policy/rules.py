"""Rules: when …, then block, review, warn or require."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chartstream.events.coding import Procedure
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.policy.codes import Codes, diagnosis_codes, diagnosis_key
from chartstream.validation.policy.compiled import (
    SEVERITIES,
    Compiled,
    RuleHit,
    in_force,
    payers_of,
    undecided,
    unknown_day,
)
from chartstream.validation.policy.conditions import Edits, LineCheck, Together, claim_condition, line_condition
from chartstream.validation.policy.model import Demand, Rule
from chartstream.validation.policy.requirements import Missing, missing_from
from chartstream.validation.policy.truth import Truth, all_hold

_PLACE = "the place of service"  # all else of a line is known


def compiled_rule(rule: Rule, edits: Edits) -> Compiled:
    """A rule made ready. Raises ``ConfigurationError`` for an edit that it names and that is none."""
    when = rule.when
    diagnoses = when.first_listed or when.diagnosis
    lines = when.procedure.code_set if when.procedure is not None else None
    return Compiled(
        name=rule.name,
        payers=payers_of(when),
        procedure_heads=None if lines is None else tuple(lines.heads()),
        diagnosis_heads=None if diagnoses is None else tuple(diagnosis_codes(diagnoses).heads()),
        check=_Check.of(rule, edits).hits,
    )


@dataclass(frozen=True, slots=True)
class _Check:
    rule: Rule
    severity: Severity
    condition: Together
    line: LineCheck | None
    missing: Missing | None
    diagnoses: Codes | None

    @classmethod
    def of(cls, rule: Rule, edits: Edits) -> _Check:
        demand = rule.then if isinstance(rule.then, Demand) else None
        codes = rule.when.first_listed or rule.when.diagnosis
        return cls(
            rule=rule,
            severity=SEVERITIES[demand.otherwise if demand is not None else str(rule.then)],
            condition=claim_condition(rule.when, edits),
            line=line_condition(rule.when.procedure) if rule.when.procedure is not None else None,
            missing=missing_from(demand.require) if demand is not None else None,
            diagnoses=diagnosis_codes(codes) if codes is not None else None,
        )

    def hits(self, claim: Claim) -> Iterator[RuleHit]:
        truth = self.condition.holds(claim)
        if truth is False:
            return
        if self.line is None:
            yield from self._of_line(claim, None, truth, True)
            return
        for line in claim.procedures:
            yield from self._of_line(claim, line, truth, self.line(line, claim))

    def _of_line(self, claim: Claim, line: Procedure | None, condition: Truth, of_line: Truth) -> Iterator[RuleHit]:
        force = in_force(self.rule, claim, line)
        applies = all_hold((condition, of_line, force))
        if applies is False:
            return
        lacking, unknown = self.missing(claim, line) if self.missing is not None else (True, ())
        if lacking is False:
            return
        if applies is None or lacking is None:
            place = (_PLACE,) if of_line is None else ()
            asked = self.condition.unknown(claim) if condition is None else ()
            yield from undecided(self.rule, (*asked, *place, *unknown_day(force), *unknown), line)
        else:
            yield self._hit(claim, line)

    def _hit(self, claim: Claim, line: Procedure | None) -> RuleHit:
        if line is not None:
            codes: tuple[str, ...] = (line.code,)
        else:
            named = self.diagnoses
            codes = tuple(d.code for d in claim.icd10cm if named is not None and diagnosis_key(d.code) in named)
        about = f"{line.code}: " if line is not None else ""
        return RuleHit(
            about + self.rule.message,
            codes,
            rule=self.rule.name,
            severity=self.severity,
            source=self.rule.source,
            remedy=self.rule.remedy,
        )
