"""What must hold of any policy: rules only add, unknown facts let no claim pass, no claim contradicts a proof."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chartstream.events.validation import Severity
from chartstream.validation.policy.asked import NoTables, names_found
from chartstream.validation.policy.check import Kind, examined
from chartstream.validation.policy.codes import Codes, diagnosis_codes, service_codes, service_key
from chartstream.validation.policy.compiled import UNDECIDED
from chartstream.validation.policy.formula import branches, fires, negated
from chartstream.validation.policy.witness import claim_for
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.policy.policies import edit_of, loaded, rules_of

Written = dict[str, Any]
QUICK = settings(max_examples=30, deadline=None)

DIAGNOSES = ["E11.22", "E11.9", "I10", "N18.30", "Z79.4"]
PROCEDURES = ["99213", "99215", "20610", "0421T", "G0438"]
PATTERNS = ["E11.-", "E08-E13", "I10", "N17-N19", "Z79.4"]
SERVICES = ["99202-99215", "9921-", "20610", "0001T-0999T", "G04-"]
MODIFIERS = ["25", "57", "59"]


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


def mapping(parts: dict[str, st.SearchStrategy[Any]], least: int = 0) -> st.SearchStrategy[Written]:
    return st.fixed_dictionaries({}, optional=parts).filter(lambda drawn: len(drawn) >= least)


SPAN = st.tuples(st.integers(0, 90), st.integers(0, 90)).map(lambda ends: {"from": min(ends), "to": max(ends)})
LINE = mapping({"codes": some(SERVICES), "modifiers": some(MODIFIERS), "without_modifiers": some(MODIFIERS)}, 1)
FACTS: dict[str, st.SearchStrategy[Any]] = {
    "payer": some(["lakeshore", "bluewater"]),
    "claim_type": some(["PROFESSIONAL", "FACILITY_OUTPATIENT"]),
    "sex": some(["FEMALE", "MALE"]),
    "age_years": SPAN,
    "authorization": st.booleans(),
    "diagnosis": some(PATTERNS),
    "first_listed": some(PATTERNS),
    "procedure": LINE,
    "document": some(["operative_report", "consent"]),
}
CONDITION = st.recursive(
    mapping(FACTS, 1),
    lambda inner: mapping(
        {**FACTS, **{kind: st.lists(inner, min_size=1, max_size=2) for kind in ("all", "any", "none")}}, 1
    ),
    max_leaves=2,
)
REQUIRED = mapping(
    {
        "authorization": st.just(True),
        "diagnosis": some(PATTERNS),
        "companion": some(SERVICES),
        "document": some(["consent"]),
    },
    1,
)
THEN = st.one_of(st.sampled_from(["block", "review", "warn"]), st.fixed_dictionaries({"require": REQUIRED}))
RULES = st.lists(
    st.fixed_dictionaries({"when": CONDITION, "then": THEN}, optional={"from": st.just("2026-03-02")}),
    min_size=1,
    max_size=3,
).map(lambda rules: [{"name": f"r{place}", **rule} for place, rule in enumerate(rules)])
PROCEDURE_LINES = st.lists(
    st.fixed_dictionaries({"code": st.sampled_from(PROCEDURES)}, optional={"modifiers": some(MODIFIERS)}), max_size=2
)
CLAIM = st.fixed_dictionaries(
    {"codes": st.lists(st.sampled_from(DIAGNOSES), min_size=1, max_size=3, unique=True), "procedures": PROCEDURE_LINES},
    optional={
        "payer": st.sampled_from(["lakeshore", "bluewater", "other"]),
        "claim_type": st.sampled_from(["PROFESSIONAL", "FACILITY_OUTPATIENT", "FACILITY_INPATIENT"]),
        "sex": st.sampled_from(["FEMALE", "MALE"]),
        "age_years": st.integers(0, 90),
        "authorization": st.just("A-1"),
        "documents": st.just([{"kind": "consent"}]),
        "day": st.sampled_from(["2026-03-01", "2026-03-02", None]),
    },
)


def found(rules: list[Written], claim: Written) -> set[tuple[str, str]]:
    edit = edit_of({"rules": rules})
    asked = WrittenClaim.model_validate(claim).claim(NoTables())
    findings = [edit.finding(hit) for hit in edit.hits(asked)]
    return {(finding.edit, finding.severity) for finding in findings}


@QUICK
@given(RULES, CLAIM)
def test_another_rule_never_takes_a_finding_away(rules: list[Written], claim: Written) -> None:
    assert found(rules[:-1], claim) <= found(rules, claim)


@QUICK
@given(RULES, CLAIM)
def test_a_policy_never_corrects(rules: list[Written], claim: Written) -> None:
    assert Severity.CORRECTS not in {severity for _, severity in found(rules, claim)}


@QUICK
@given(RULES, CLAIM, st.sampled_from(["payer", "sex", "age_years", "day", "documents"]))
def test_a_claim_that_a_rule_holds_back_does_not_pass_it_for_want_of_a_fact(
    rules: list[Written], claim: Written, fact: str
) -> None:
    """What holds back on the whole claim still does when one fact is not known, be it as undecided."""
    less = {**claim, "day": None} if fact == "day" else {key: value for key, value in claim.items() if key != fact}
    held = {name for name, severity in found(rules, claim) if severity in {Severity.BLOCKS, Severity.REVIEW}}
    then = {name for name, _ in found(rules, less)}
    assert {name.removesuffix(f":{UNDECIDED}") for name in held} <= {
        name.removesuffix(f":{UNDECIDED}") for name in then
    }


@QUICK
@given(RULES)
def test_the_claim_for_a_formula_fulfils_it(rules: list[Written]) -> None:
    policy = loaded(rules)
    ready = rules_of({"rules": rules})
    for rule, asked in zip(policy.policy.rules, ready, strict=True):
        for way in list(branches(fires(rule)))[:20]:
            if (claim := claim_for(way)) is not None:
                assert rule.name in names_found([asked], WrittenClaim.model_validate(claim))
        for way in list(branches(negated(fires(rule))))[:20]:
            if (claim := claim_for(way)) is not None:
                assert rule.name not in names_found([asked], WrittenClaim.model_validate(claim))


@QUICK
@given(RULES, st.lists(CLAIM, min_size=5, max_size=20))
def test_what_an_examination_proves_no_claim_contradicts(rules: list[Written], claims: list[Written]) -> None:
    ready = rules_of({"rules": rules})
    remarks = examined([loaded(rules)]).remarks
    for claim in claims:
        names = names_found(ready, WrittenClaim.model_validate(claim))
        for remark in remarks:
            if remark.kind is Kind.NEVER_FIRES:
                assert remark.rule not in names
            if remark.kind is Kind.SHADOWED and remark.rule in names:
                assert not names.isdisjoint({remark.other, f"{remark.other}:{UNDECIDED}"})


SETS = st.lists(st.sampled_from([*SERVICES, "99213", "99210-99219", "0421T", "2-", "G0438-G0450"]), max_size=4).map(
    service_codes
)


@given(SETS, SETS, st.sampled_from([*PROCEDURES, "99210", "99201", "99216", "0421U", "G0450", "20000"]))
def test_sets_of_codes_are_sets(one: Codes, other: Codes, code: str) -> None:
    key = service_key(code)
    assert (key in one | other) is (key in one or key in other)
    assert (key in one & other) is (key in one and key in other)
    assert (key in one - other) is (key in one and key not in other)
    assert key not in one or any(key.startswith(head) for head in one.heads())


def test_the_heads_of_a_range_are_short() -> None:
    assert list(diagnosis_codes(["E08-E13", "I10"]).heads()) == ["E0", "E1", "I10"]
