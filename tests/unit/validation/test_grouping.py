"""MS-DRG and HCC of claims, and the codes that carry them. Expected groups: CMS MS-DRG Definitions Manual v43;
weights: FY 2026 Table 5; categories: the 2026 and 2027 V28 mappings.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.events.validation import Grouping
from chartstream.medicare.grouper import weight
from chartstream.validation.grouping.drg import ms_drg
from chartstream.validation.grouping.hcc import cms_hcc
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.tables import written_library

LIBRARY = written_library()
STAY: dict[str, Any] = {
    "claim_type": "FACILITY_INPATIENT",
    "age_years": 70,
    "sex": "MALE",
    "day": "2026-05-01",
    "through": "2026-05-06",
}
COMPLICATIONS = ["J96.01", "N17.9", "E11.65", "I10", "D62", "E78.5", "I48.91", "K92.1", "J18.9", "E87.1"]


def drg(codes: list[str], **changes: Any) -> Grouping | None:
    found = ms_drg(WrittenClaim.model_validate({**STAY, "codes": codes, **changes}).claim(LIBRARY))
    return found[0] if found else None


def hcc(codes: list[str], **changes: Any) -> dict[str, tuple[str, ...]]:
    found = cms_hcc(WrittenClaim.model_validate({"codes": codes, **changes}).claim(LIBRARY))
    return {grouping.value: grouping.drivers for grouping in found}


@pytest.mark.parametrize(
    ("codes", "number", "drivers"),
    [
        (["I50.22"], "293", ("I50.22",)),
        (["I50.22", "N17.9"], "292", ("I50.22", "N17.9")),
        (["I50.22", "J96.01"], "291", ("I50.22", "J96.01")),
        (["I50.22", "J96.01", "N17.9"], "291", ("I50.22", "J96.01")),
        (["I50.22", "N17.9", "E87.1"], "292", ("I50.22",)),
        (["I50.22", "I10"], "293", ("I50.22",)),
    ],
)
def test_a_complication_drives_the_group_when_it_is_the_only_one(
    codes: list[str], number: str, drivers: tuple[str, ...]
) -> None:
    found = drg(codes)
    assert found is not None
    assert (found.system, found.value, found.drivers) == ("MS-DRG", number, drivers)


def test_the_weight_is_that_of_the_fiscal_year_of_discharge() -> None:
    found = drg(["I50.22", "J96.01"])
    assert found is not None
    assert found.weight == pytest.approx(1.2838)
    later = drg(["I50.22", "J96.01"], day="2026-09-29", through="2026-10-01")
    assert later is not None
    assert later.weight is None


def test_a_group_that_is_not_paid_has_no_weight() -> None:
    found = drg(["O80", "Z37.0"], sex="FEMALE", age_years=30)
    assert found is not None
    assert found.weight is None


@pytest.mark.parametrize(
    "changes",
    [
        {"claim_type": "PROFESSIONAL"},
        {"claim_type": "FACILITY_OUTPATIENT"},
        {"age_years": None},
        {"day": "2022-09-01", "through": "2022-09-30"},
        {"day": "2027-03-30", "through": "2027-04-01"},
        {"codes": ["W19.XXXA"]},
        {"codes": ["no code"]},
        {"codes": []},
    ],
)
def test_no_group_where_none_can_be_told(changes: dict[str, Any]) -> None:
    assert drg(**{"codes": ["I50.22"], **changes}) is None


def test_the_first_and_the_last_day_of_the_grouper_are_covered() -> None:
    for day in ("2022-10-01", "2027-03-31"):
        assert drg(["I50.22"], day=day, through=day) is not None


def test_a_death_takes_an_infarction_to_its_own_group() -> None:
    alive, dead = drg(["I21.09"], discharge_disposition="01"), drg(["I21.09"], discharge_disposition="20")
    assert alive is not None
    assert dead is not None
    assert (alive.value, dead.value) == ("282", "285")


def test_weights_are_read_for_the_year_of_the_table_only() -> None:
    assert weight("291", date(2025, 10, 1)) == weight("291", date(2026, 9, 30)) == pytest.approx(1.2838)
    assert weight("291", date(2025, 9, 30)) is None
    assert weight("291", date(2026, 10, 1)) is None
    assert weight("998", date(2026, 5, 1)) is None


@given(st.lists(st.sampled_from(COMPLICATIONS), unique=True, max_size=6))
def test_without_a_driver_the_group_is_another(others: list[str]) -> None:
    whole = drg(["I50.22", *others])
    assert whole is not None
    for code in others:
        left = drg(["I50.22", *(other for other in others if other != code)])
        assert left is not None
        assert (left.value != whole.value) == (code in whole.drivers)


def test_a_category_is_carried_by_its_only_code() -> None:
    assert hcc(["I50.22", "J96.01", "I10"]) == {"213": ("J96.01",), "226": ("I50.22",)}


def test_a_category_with_two_codes_is_driven_by_neither() -> None:
    assert hcc(["I50.22", "I50.9"]) == {"226": ()}


def test_a_category_below_another_in_the_hierarchy_is_dropped() -> None:
    assert (set(hcc(["C34.11"])), set(hcc(["C34.11", "C79.51"]))) == ({"20"}, {"18"})


@pytest.mark.parametrize(("day", "known"), [("2023-12-31", False), ("2026-12-31", True), ("2027-01-01", False)])
def test_the_payment_year_follows_the_year_of_service(day: str, known: bool) -> None:
    assert bool(hcc(["I50.22"], day=day)) is known
