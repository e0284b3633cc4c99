"""Ages as far as they are known, and the rules about them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.events.encounter import PatientFacts
from chartstream.validation.patient_rules import Age, AgeRule, age_of, patient_rules


def test_an_age_that_is_not_known_allows_nothing() -> None:
    assert age_of(PatientFacts()) is None


@pytest.mark.parametrize(
    ("facts", "age"),
    [
        (PatientFacts(age_years=0), Age(0, 365, 0, 0)),
        (PatientFacts(age_years=1), Age(365, 730, 1, 1)),
        (PatientFacts(age_years=17), Age(6209, 6574, 17, 17)),
        (PatientFacts(age_days=0), Age(0, 0, 0, 0)),
        (PatientFacts(age_days=365), Age(365, 365, 0, 1)),
        (PatientFacts(age_days=366), Age(366, 366, 1, 1)),
        (PatientFacts(age_days=365, age_years=1), Age(365, 365, 1, 1)),
    ],
)
def test_the_least_and_the_greatest_age(facts: PatientFacts, age: Age) -> None:
    assert age_of(facts) == age


@given(st.dates(date(1901, 3, 1), date(2090, 1, 1)), st.integers(0, 45_000))
def test_the_true_age_is_always_within_what_is_possible(birth: date, days: int) -> None:
    day = birth + timedelta(days=days)
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    for facts in (PatientFacts(age_years=years), PatientFacts(age_days=days)):
        age = age_of(facts)
        assert age is not None
        assert age.min_days <= days <= age.max_days
        assert age.min_years <= years <= age.max_years


def rule(**bounds: int) -> AgeRule:
    return AgeRule(name="a rule", source="a source", prefixes=("P",), **bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bounds", "inside", "outside"),
    [
        ({"max_days": 28}, 28, 29),
        ({"min_days": 29}, 29, 28),
        ({"max_years": 0}, 365, 366),
        ({"min_years": 1}, 365, 364),
    ],
)
def test_both_ends_are_inside(bounds: dict[str, int], inside: int, outside: int) -> None:
    within, beyond = age_of(PatientFacts(age_days=inside)), age_of(PatientFacts(age_days=outside))
    assert within is not None
    assert beyond is not None
    assert not rule(**bounds).excludes(within)
    assert rule(**bounds).excludes(beyond)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"max_days": 28}, "either prefixes or an edit"),
        ({"max_days": 28, "prefixes": ["P"], "edit": "Newborn_Only"}, "either prefixes or an edit"),
        ({"prefixes": ["P"]}, "at least one bound"),
        ({"prefixes": ["P"], "max_day": 28}, "Extra inputs"),
    ],
)
def test_a_rule_that_does_not_hold_is_refused(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        AgeRule.model_validate({"name": "a rule", "source": "a source", **fields})


def test_rules_of_ages_are_told_apart_by_their_names() -> None:
    names = [one.name for one in patient_rules().age]
    assert len(set(names)) == len(names)
