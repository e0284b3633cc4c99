"""Matching of truth and output: what was read counts, not in which order or pieces."""

from __future__ import annotations

from benchmarks.reading.align import Alignment, Unit, align, plain
from chartstream.extraction.fragments import Box


def unit(text: str, x: float = 60.0, y: float = 100.0) -> Unit:
    return Unit(text, Box(x, y, x + 6 * len(text), y + 11))


def errors(alignment: Alignment) -> int:
    """All of them, as the character error rate counts."""
    within = sum(alignment.errors(match) for match in alignment.matches)
    beside = [*alignment.unread, *alignment.invented]
    return within + sum(piece.end - piece.begin for piece in beside)


def test_the_same_text_has_no_errors() -> None:
    page = [unit("Blood pressure 126/74, pulse 70.", y=100), unit("Lungs clear.", y=114)]
    assert errors(align(page, page)) == 0


def test_order_of_lines_costs_nothing() -> None:
    page = [unit("Blood pressure 126/74.", y=100), unit("Lungs clear.", y=114), unit("Abdomen soft.", y=128)]
    assert errors(align(page, page[::-1])) == 0


def test_lines_joined_or_cut_cost_nothing() -> None:
    cells = [unit("Potassium", 60), unit("4.6", 200), unit("mmol/L", 300)]
    assert errors(align(cells, [Unit("Potassium 4.6 mmol/L", Box(60, 100, 340, 111))])) == 0
    line = [unit("She feels well and walks two miles.")]
    assert errors(align(line, [unit("She feels well and"), unit("walks two miles.", 60 + 19 * 6)])) == 0


def test_each_wrong_letter_counts_once() -> None:
    assert errors(align([unit("Metformin 500 mg")], [unit("Metfornin 500 mg")])) == 1
    assert errors(align([unit("Metformin 500 mg")], [unit("Metfomin 500 mg")])) == 1
    assert errors(align([unit("5 mg")], [unit("5mg")])) == 1
    assert errors(align([unit("5mg")], [unit("5 mg")])) == 1
    assert errors(align([unit("Hemoglobin A1c", 60), unit("6.9", 200)], [unit("Hemoglobn A1c 6.9", 60)])) == 1


def test_what_is_missing_and_what_is_invented_count() -> None:
    assert errors(align([unit("Lungs clear.")], [])) == len("Lungs clear.")
    assert errors(align([], [unit("xyz")])) == 3
    assert errors(align([unit("Lungs clear.")], [unit("Lungs clear."), unit("##", y=300)])) == 2


def test_equal_texts_match_the_nearer_one() -> None:
    truth = [unit("98", 200, 100), unit("98", 200, 118)]
    alignment = align(truth, [unit("93", 200, 100), unit("98", 200, 118)])
    equal = alignment.equal()
    assert equal[1, 0] == (1, 0)
    assert equal[1, 1] == (1, 1)
    assert (0, 1) not in equal


def test_the_same_text_far_away_is_another_text() -> None:
    alignment = align([unit("98", 60, 100)], [unit("98", 60, 600)])
    assert not alignment.matches


def test_bullets_quotes_and_dashes_are_levelled_and_nothing_else() -> None:
    assert plain("\u2022  Losartan 100 mg") == "Losartan 100 mg"
    assert plain("\u2022") == ""
    assert plain("didn\u2019t \u2013 5\u201310") == "didn't - 5-10"
    assert plain("-1.5 mg") == "-1.5 mg"
    assert plain("\uff1a") != ":"
