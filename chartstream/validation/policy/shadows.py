"""Rules that can never fire, and rules that can never add anything because another always fires with them."""

from __future__ import annotations

from chartstream.validation.policy.codes import service_codes
from chartstream.validation.policy.formula import both, fires, negated
from chartstream.validation.policy.model import Demand, Rule
from chartstream.validation.policy.satisfying import Answer, possible, severity

_RANK = {"warn": 0, "review": 1, "block": 2}
_PARTS = frozenset({"all_", "any_", "none_"})
_PERHAPS_EVERY_CLAIM = frozenset({"claim_type", "sex", "age_years", "age_days", "attributes"})


def never_fires(rule: Rule) -> Answer:
    """Whether a rule's dates and conditions contradict each other, so that no claim can have its finding."""
    answer, _ = possible(fires(rule))
    return {Answer.NO: Answer.YES, Answer.YES: Answer.NO}.get(answer, Answer.NOT_DECIDED)


def shadows(general: Rule, rule: Rule) -> Answer:
    """Whether ``general`` always fires where ``rule`` does, with at least its severity."""
    if not _could_shadow(general, rule):
        return Answer.NO
    answer, _ = possible(both(fires(rule), negated(fires(general))))
    if answer is Answer.NO:
        # "another line" was taken for "any line": exact only where the rule's own lines are no companions
        return Answer.NOT_DECIDED if _own_companion(rule) or _own_companion(general) else Answer.YES
    return Answer.NOT_DECIDED if answer is Answer.NOT_DECIDED else Answer.NO


def _could_shadow(general: Rule, rule: Rule) -> bool:
    if _RANK[severity(general)] < _RANK[severity(rule)]:
        return False
    if general.when_unknown == "ignore" and rule.when_unknown == "review" and severity(rule) != "warn":
        return False
    if not _PARTS.isdisjoint(rule.when.model_fields_set):
        return True
    # a plain condition implies nothing of what it does not name, but that what stands first is there
    named = rule.when.model_fields_set | ({"diagnosis"} if rule.when.first_listed else set())
    if not general.when.model_fields_set - _PARTS - _PERHAPS_EVERY_CLAIM <= named:
        return False
    one, other = (one.when.procedure.code_set if one.when.procedure is not None else None for one in (rule, general))
    return one is None or other is None or bool(one & other)


def _own_companion(rule: Rule) -> bool:
    if not isinstance(rule.then, Demand) or rule.then.require.companion is None:
        return False
    lines = rule.when.procedure.code_set if rule.when.procedure is not None else None
    return lines is None or bool(lines & service_codes(rule.then.require.companion))
