"""Results: quantity, value, unit, range and flag in the orders in which notes give them; doses and goals are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chartstream.extraction.analytes import analyte_words
from chartstream.extraction.results import Result, results_in


def parts(result: Result) -> tuple[str, str, str | None, str | None, str | None]:
    return result.name, result.value, result.unit, result.reference_range, result.abnormal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("K 3.1 mmol/L (3.5-5.1) L", [("potassium", "3.1", "mmol/L", "3.5-5.1", "L")]),
        ("Hgb 10.2, HbA1c 7.9 %", [("hemoglobin", "10.2", None, None, None), ("HbA1c", "7.9", "%", None, None)]),
        ("WBC 12.4 x10^3/uL [4.0-11.0] H", [("white cells", "12.4", "10*3/uL", "4.0-11.0", "H")]),
        ("Potassium    3.1   L   3.5-5.1   mmol/L", [("potassium", "3.1", "mmol/L", "3.5-5.1", "L")]),
        ("Ferritin: 8 ng/mL (ref 15 - 150 ng/mL)", [("ferritin", "8", "ng/mL", "15 - 150", None)]),
        ("troponin <6 ng/L", [("troponin", "<6", "ng/L", None, None)]),
        ("BP 142/88", [("blood pressure", "142/88", None, None, None)]),
        ("SpO2 91% on RA", [("oxygen saturation", "91", "%", None, None)]),
        ("nitrite negative", [("nitrite", "negative", None, None, None)]),
        ("Platelets 1,250 K/\u00b5L", [("platelets", "1250", "10*3/uL", None, None)]),
    ],
)
def test_results_in_running_text(text: str, expected: list[tuple[str, ...]]) -> None:
    assert [parts(result) for result in results_in(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Potassium chloride 20 mEq daily",
        "Calcium 500 mg twice daily",
        "A1c goal 7",
        "target LDL 70",
        "PSA 03/04/2026",
        "BP 03/04/2026",
        "magnesium 3-4",
        "plan k 3.1",
        "K3.1",
    ],
)
def test_doses_goals_and_dates_are_no_results(text: str) -> None:
    assert list(results_in(text)) == []


_QUANTITIES = st.sampled_from(sorted(q for q, a in analyte_words().data.analytes.items() if a.units and not a.pair))
_NUMBERS = st.decimals(min_value="0.1", max_value="9999", places=1).map(str)


@settings(max_examples=200, deadline=None)
@given(_QUANTITIES, _NUMBERS, st.tuples(_NUMBERS, _NUMBERS), st.sampled_from([" ", ": ", " = ", "   "]), st.data())
def test_what_is_written_is_what_is_read(
    quantity: str, value: str, limits: tuple[str, str], between: str, data: st.DataObject
) -> None:
    low, high = limits
    words = analyte_words().data
    name = data.draw(st.sampled_from(words.analytes[quantity].names))
    spelled = [u for u in words.analytes[quantity].units if words.units[u]]
    unit = data.draw(st.sampled_from([*spelled, None]) if spelled else st.none())
    written = data.draw(st.sampled_from(words.units[unit])) if unit else ""
    # "FEV1 2.1 (2.0-4.0) L" may well be litres: an L behind a quantity measured in litres flags nothing.
    flag = data.draw(st.sampled_from(["H", ""] if "L" in words.analytes[quantity].units else ["H", "L", ""]))
    text = f"{name}{between}{value} {written} ({low}-{high}) {flag}".replace("  (", " (")
    (result,) = results_in(text)
    assert (result.value, result.reference_range) == (value, f"{low}-{high}")
    assert (result.unit in words.analytes[quantity].units) is (unit is not None)
    assert (result.abnormal or "") == flag
    assert text[slice(*result.value_span)] == value
