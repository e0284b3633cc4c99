"""Quarters and years in the names of files, and the days for which a release then holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chartstream.codesets.importing.model import Edition
from chartstream.codesets.importing.periods import quarter_in, quarterly_release, year_in, yearly_release
from chartstream.errors import ConfigurationError


@pytest.mark.parametrize(
    ("name", "quarter"),
    [
        ("ccipra-v310r0-f1", date(2025, 1, 1)),
        ("ccipra-v313r0-f1", date(2025, 10, 1)),
        ("ccioph-v322r1-f4", date(2026, 7, 1)),
        ("medicare-ncci-2026q2-practitioner-ptp-edits", date(2026, 4, 1)),
        ("MCR_MUE_PractitionerServices_Eff_10-01-2025", date(2025, 10, 1)),
        ("MCR_MUE_OutpatientHospitalServices_Eff_01-01-2026", date(2026, 1, 1)),
        ("AOC_V2025Q4_01-MCR", date(2025, 10, 1)),
        ("AOC_V2026Q2-F-MCR", date(2026, 4, 1)),
        ("PPRRVU25_JAN", date(2025, 1, 1)),
        ("PPRRVU2026_Jul_nonQPP", date(2026, 7, 1)),
        ("HCPC2026_APR_ANWEB", date(2026, 4, 1)),
        ("HCPC2019_CONTR_ANWEB", None),
        ("table of 2025q5", None),
        ("table_Eff_13-01-2025", None),
        ("table_Eff_10-02-2025", None),
        ("ccipra-v315r0", None),
        ("PPRRVU25_MAY", None),
    ],
)
def test_the_quarter_stands_in_the_name_in_each_of_the_ways_of_its_authors(name: str, quarter: date | None) -> None:
    assert quarter_in(name) == quarter


@pytest.mark.parametrize(
    ("name", "year"),
    [("HCPC2019_CONTR_ANWEB", 2019), ("CPT 2026 Data Files", 2026), ("x12082025", None), ("1999", None)],
)
def test_the_year_stands_in_the_name(name: str, year: int | None) -> None:
    assert year_in(name) == year


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("a-2025q1", date(2025, 3, 31)),
        ("a-2025q2", date(2025, 6, 30)),
        ("a-2025q3", date(2025, 9, 30)),
        ("a-2025q4", date(2025, 12, 31)),
    ],
)
def test_a_release_runs_to_the_end_of_its_quarter(name: str, ends: date) -> None:
    release = quarterly_release("NCCI MUE", [Path(f"{name}.csv")], Edition(), "supplier")
    assert release.effective_to == ends
    assert release.name == f"NCCI MUE supplier 2025 Q{name[-1]}"


def test_what_the_person_says_comes_before_what_the_name_says() -> None:
    said = Edition("mine", date(2025, 2, 3), date(2026, 2, 2))
    release = quarterly_release("NCCI MUE", [Path("a-2025q1.csv"), Path("a-2025q2.csv")], said)
    assert (release.name, release.effective_from, release.effective_to) == ("mine", date(2025, 2, 3), date(2026, 2, 2))
    begun = quarterly_release("NCCI MUE", [Path("a.csv")], Edition(effective_from=date(2025, 2, 3)))
    assert (begun.name, begun.effective_to) == ("NCCI MUE 2025 Q1", date(2025, 3, 31))


def test_a_year_is_sought_in_the_name_of_the_folder_too() -> None:
    release = yearly_release("CPT", [Path("CPT 2026 Data Files/LONGULT.txt")], Edition())
    assert (release.name, release.effective_from, release.effective_to) == (
        "CPT 2026",
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert yearly_release("CPT", [Path("MEDU.txt")], Edition(effective_from=date(2026, 4, 1))).name == "CPT 2026"


@pytest.mark.parametrize(
    ("names", "edition", "message"),
    [
        (["a.csv"], Edition(), r"a\.csv: does not say of which quarter it is; say .* --from and --to"),
        (["a.csv"], Edition(effective_to=date(2026, 1, 1)), "does not say of which quarter"),
        (["a-2025q1.csv", "b-2025q2.csv"], Edition(), r"b-2025q2\.csv: is of another quarter than a-2025q1\.csv"),
        (["a-2025q2.csv"], Edition(effective_to=date(2025, 3, 31)), "would hold from 2025-04-01 to 2025-03-31"),
    ],
)
def test_a_release_without_a_day_to_begin_or_one_that_ends_before_is_refused(
    names: list[str], edition: Edition, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        quarterly_release("NCCI MUE", [Path(name) for name in names], edition)


def test_a_single_day_is_a_release() -> None:
    day = date(2025, 4, 1)
    assert quarterly_release("NCCI MUE", [Path("a.csv")], Edition(None, day, day)).covers(day)


def test_a_year_that_nobody_says_is_asked_for() -> None:
    with pytest.raises(ConfigurationError, match=r"LONGULT\.txt: does not say of which year it is"):
        yearly_release("CPT", [Path("LONGULT.txt")], Edition())
