"""Which rules can concern a claim, found by its payer and its codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from chartstream.validation.claim import Claim
from chartstream.validation.policy.codes import diagnosis_key, line_key
from chartstream.validation.policy.compiled import Compiled
from chartstream.validation.policy.conditions import payer


class Index:
    """Rules by payer, and below that by the beginnings of codes. A payer that is not known may be any of them."""

    def __init__(self, rules: Sequence[Compiled]) -> None:
        self._rules = rules
        self._every = _ByCode(enumerate(rules))
        named = {name for rule in rules for name in rule.payers or ()}
        self._of_payer = {
            name: _ByCode(
                (place, rule) for place, rule in enumerate(rules) if rule.payers is None or name in rule.payers
            )
            for name in named
        }
        self._of_others = _ByCode((place, rule) for place, rule in enumerate(rules) if rule.payers is None)

    def concerning(self, claim: Claim) -> Sequence[Compiled]:
        """The rules that may find something, in their order."""
        name = payer(claim)
        by_code = self._every if name is None else self._of_payer.get(name, self._of_others)
        return [self._rules[place] for place in sorted(by_code.places(claim))]


class _ByCode:
    def __init__(self, rules: Iterable[tuple[int, Compiled]]) -> None:
        self._always: set[int] = set()
        self._procedures: dict[str, set[int]] = defaultdict(set)
        self._diagnoses: dict[str, set[int]] = defaultdict(set)
        for place, rule in rules:
            if rule.procedure_heads is not None:
                for head in rule.procedure_heads:
                    self._procedures[head].add(place)
            elif rule.diagnosis_heads is not None:
                for head in rule.diagnosis_heads:
                    self._diagnoses[head].add(place)
            else:
                self._always.add(place)

    def places(self, claim: Claim) -> set[int]:
        found = set(self._always)
        if self._procedures:
            for line in claim.procedures:
                _add(found, self._procedures, line_key(line))
        if self._diagnoses:
            for diagnosis in claim.icd10cm:
                _add(found, self._diagnoses, diagnosis_key(diagnosis.code))
        return found


def _add(found: set[int], by_head: dict[str, set[int]], key: str) -> None:
    for length in range(len(key) + 1):
        places = by_head.get(key[:length])
        if places is not None:
            found |= places
