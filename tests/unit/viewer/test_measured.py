"""Checks in rows: doubts first, what is accepted once for each kind."""

from __future__ import annotations

from chartstream.events.documents import QualityCheck, Verdict
from chartstream.viewer.measured import rows


def check(name: str, value: float | None, page: int | None, verdict: Verdict = Verdict.ACCEPT) -> QualityCheck:
    return QualityCheck(name=name, value=value, unit="dpi", verdict=verdict, message=f"message {page}", page=page)


def test_accepted_checks_of_a_kind_are_one_row_with_their_range() -> None:
    (row,) = rows([check("stated_dpi", 300, 1), check("stated_dpi", 200, 2), check("stated_dpi", 250, 3)])
    assert (row.name, row.pages, row.value, row.unit) == ("stated dpi", "1-3", "200 to 300", "dpi")


def test_what_is_not_accepted_stands_first_and_alone() -> None:
    found = rows([check("dpi", 200, 1), check("dpi", 60, 2, Verdict.REVIEW), check("dpi", 50, 3, Verdict.REVIEW)])
    assert [(row.verdict, row.pages, row.message) for row in found] == [
        (Verdict.REVIEW, "2", "message 2"),
        (Verdict.REVIEW, "3", "message 3"),
        (Verdict.ACCEPT, "1", "message 1"),
    ]


def test_numbers_are_short_and_may_be_missing() -> None:
    assert [
        row.value for row in rows([check("a", None, None), check("b", 1234567, None), check("c", 0.123456, 1)])
    ] == [
        "",
        "1,234,567",
        "0.1235",
    ]
