"""Policies as an edit among the edits: one that looks rules up by payer and code and names its findings after them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chartstream.errors import ConfigurationError
from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Finding, Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits import EDITS
from chartstream.validation.policy.compiled import Compiled, RuleHit
from chartstream.validation.policy.coverage import compiled_list
from chartstream.validation.policy.index import Index
from chartstream.validation.policy.load import LoadedPolicy, load_policies
from chartstream.validation.policy.model import Rule
from chartstream.validation.policy.rules import compiled_rule
from chartstream.validation.registry import Edit, Hit

PREFIX = "policy:"
"""What stands before a rule's name in its findings."""


@dataclass(frozen=True, slots=True, eq=False)
class PolicyEdit(Edit):
    """All rules of some policies. Each hit carries the severity, source and remedy of its own rule."""

    def applies(self, claim_type: ClaimType, day: date | None, *, lines: bool) -> bool:
        """Always: each rule has dates and claim types of its own."""
        return True

    def finding(self, hit: Hit) -> Finding:
        """A rule's hit as it stands in the event."""
        if not isinstance(hit, RuleHit):
            raise TypeError("a policy finds what its rules hit, nothing else")
        return Finding(
            edit=PREFIX + hit.rule,
            severity=hit.severity,
            message=hit.message,
            remedy=hit.remedy,
            source=hit.source,
            codes=hit.codes,
        )


def compiled(policies: Iterable[LoadedPolicy], edits: Sequence[Edit] = EDITS) -> list[Compiled]:
    """Every rule and coverage list, in order.

    Raises ``ConfigurationError`` for a name in use, and for an edit that a rule names and that is none.
    """
    by_name = {edit.name: edit for edit in edits}
    rules: list[Compiled] = []
    holders: dict[str, str] = {}
    for loaded in policies:
        for one in loaded.policy.named:
            if one.name in holders:
                raise ConfigurationError(
                    f"{one.name} is a rule of {holders[one.name]} and of {loaded.name}; rename one of them"
                )
            holders[one.name] = loaded.name
            try:
                rules.append(compiled_rule(one, by_name) if isinstance(one, Rule) else compiled_list(one, by_name))
            except ConfigurationError as error:
                raise ConfigurationError(f"{loaded.name}, line {loaded.lines[one.name]}: {one.name}: {error}") from None
    return rules


def policy_edit(policies: Sequence[LoadedPolicy], edits: Sequence[Edit] = EDITS) -> PolicyEdit:
    """The policies as one edit. Its source holds the hash of every file, and so does what a certificate names.

    Raises ``ConfigurationError`` as ``compiled`` does.
    """
    index = Index(compiled(policies, edits))

    def check(claim: Claim) -> Iterator[Hit]:
        for rule in index.concerning(claim):
            yield from rule.check(claim)

    return PolicyEdit(
        name=PREFIX.rstrip(":"),
        severity=Severity.REVIEW,  # of the whole; each finding has its rule's
        source="; ".join(f"{one.policy.policy} {one.policy.version} (sha256 {one.sha256})" for one in policies),
        remedy="as the rule says",
        check=check,
        example={},
    )


def policy_edits(paths: Sequence[Path]) -> tuple[PolicyEdit, ...]:
    """The edits that a site's policy files add: none or one. Raises ``ConfigurationError`` for a file that is wrong."""
    return (policy_edit(load_policies(paths)),) if paths else ()
