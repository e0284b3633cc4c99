"""What took the place of a code: from the site's conversion table, else from the one that is carried."""

from __future__ import annotations

from datetime import date
from typing import Any

from chartstream.codesets import load
from chartstream.codesets.editions import Editions
from chartstream.validation.successors import successors
from tests.unit.validation.tables import WrittenLibrary

CODES = load()
DAY = date(2026, 3, 2)


def editions(day: date = DAY, **changes: list[list[str]]) -> Editions:
    entries: dict[str, Any] = {f"ICD-10-CM:{code}": found for code, found in changes.items()}
    return Editions(WrittenLibrary({"ICD-10 conversion": {"ICD-10-CM:": [], **entries}}), day)


def test_without_a_table_of_the_site_the_carried_one_answers() -> None:
    assert successors(CODES, None, "M54.5") == ("M54.50", "M54.51", "M54.59")
    assert successors(CODES, Editions(WrittenLibrary({}), DAY), "T84.040A") == ("M97.01XA",)


def test_the_table_of_the_site_comes_first() -> None:
    ours = editions(T84040A=[["M9702XA", "2016-10-01"]])
    assert successors(CODES, ours, "T84.040A") == ("M97.02XA",)


def test_a_code_that_the_site_s_table_does_not_list_has_no_successor() -> None:
    assert successors(CODES, editions(), "T84.040A") == ()


def test_a_table_of_procedures_alone_leaves_the_carried_one() -> None:
    table = {"ICD-10 conversion": {"ICD-10-PCS:": []}}
    assert successors(CODES, Editions(WrittenLibrary(table), DAY), "T84.040A") == ("M97.01XA",)


def test_what_comes_later_than_the_day_does_not_count() -> None:
    changes = {"T84040A": [["M9701XA", "2026-03-02"], ["M9702XA", "2026-03-03"]]}
    assert successors(CODES, editions(**changes), "T84.040A") == ("M97.01XA",)


def test_chains_are_followed_to_billable_codes_and_no_further() -> None:
    changes = {"Q9999": [["M545", "2016-10-01"]], "M545": [["M5450", "2021-10-01"], ["Q9999", "2021-10-01"]]}
    assert successors(CODES, editions(**changes), "Q99.99") == ("M54.50",)


def test_a_code_that_still_stands_in_the_list_has_all_below_it() -> None:
    assert successors(CODES, editions(M545=[["M5450", "2021-10-01"]]), "M54.5") == ("M54.50", "M54.51", "M54.59")


def test_a_category_that_never_was_billable_has_none() -> None:
    assert successors(CODES, None, "E11") == ()
