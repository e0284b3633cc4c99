"""Metrics on hand-made pages: each has to tell better from worse."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.reading import truth
from benchmarks.reading.metrics import NUMBER, Counts, Line, compare, count
from chartstream.extraction.fragments import Box

FRAME = (612.0, 792.0)
TEXTS = ["Pulse 70, weight 84.0 kg.", "Lungs clear.", "Metformin 500 mg twice daily"]


def line(text: str, row: int, x: float = 60.0) -> truth.Line:
    words, at = [], x
    for part in text.split():
        words.append(truth.Word(part, Box(at, 100 + 14 * row, at + 6 * len(part), 111 + 14 * row)))
        at += 6 * len(part) + 6
    return truth.Line(tuple(words))


def page(texts: list[str], *marks: truth.Region) -> truth.Page:
    region = truth.Region("text", tuple(line(text, row) for row, text in enumerate(texts)), 1)
    return truth.Page("note", 1, *FRAME, (region, *marks), (), ())


def read(texts: list[str], rows: list[int] | None = None) -> list[Line]:
    return [Line(text, line(text, row).box) for text, row in zip(texts, rows or range(len(texts)), strict=True)]


def counted(texts: list[str], lines: list[Line]) -> Counts:
    return count(compare(page(texts), lines, FRAME, np.eye(3), FRAME))


def test_a_perfect_reading() -> None:
    counts = counted(TEXTS, read(TEXTS))
    assert (counts.error_rate, counts.word_recall, counts.number_accuracy) == (0, 1, 1)
    assert (counts.order_error, counts.breaks) == (0, 0)
    assert counts.numbers == 3
    assert counts.words == 12


def test_nothing_read() -> None:
    counts = counted(TEXTS, [])
    assert (counts.error_rate, counts.word_recall, counts.number_accuracy) == (1, 0, 0)


def test_error_rate_grows_with_errors() -> None:
    one = counted(TEXTS, read([TEXTS[0], "Lungs c1ear.", TEXTS[2]]))
    two = counted(TEXTS, read([TEXTS[0], "Lvngs c1ear.", TEXTS[2]]))
    assert 0 < one.error_rate < two.error_rate
    assert (one.words - one.words_right, two.words - two.words_right) == (1, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        "Pulse 76, weight 84.0 kg.",  # another digit
        "Pulse 70, weight 84,0 kg.",  # another separator
        "Pulse 70, weight 840 kg.",  # none
        "Pulse 70, weight 84.0kg.",  # run together
        "Pulse 70, weight 84.0 k9.",  # another unit
        "Pulse 170, weight 84.0 kg.",  # a digit more
        "Pulse 70.5, weight 84.0 kg.",  # a place more
    ],
)
def test_a_number_is_right_only_when_all_of_it_is(wrong: str) -> None:
    counts = counted(TEXTS, read([wrong, *TEXTS[1:]]))
    assert counts.numbers - counts.numbers_right == 1


def test_numbers_in_swapped_cells_are_wrong() -> None:
    texts = ["Potassium 4.6", "Sodium 138"]
    swapped = [Line("Potassium 138", line(texts[0], 0).box), Line("Sodium 4.6", line(texts[1], 1).box)]
    assert counted(texts, swapped).numbers_right == 0


def test_order_is_measured_apart() -> None:
    upright, turned = counted(TEXTS, read(TEXTS)), counted(TEXTS, read(TEXTS[::-1], [2, 1, 0]))
    assert turned.error_rate == upright.error_rate == 0
    assert turned.order_error > 0.5
    assert turned.neighbours_parted == 2
    one_moved = counted(TEXTS, read([TEXTS[1], TEXTS[0], TEXTS[2]], [1, 0, 2]))
    assert 0 < one_moved.order_error < turned.order_error


def test_two_columns_read_across_have_many_breaks() -> None:
    left, right = ["one two", "three four", "five six"], ["seven eight", "nine ten", "eleven twelve"]
    lines = [*(line(t, i) for i, t in enumerate(left)), *(line(t, i, 330) for i, t in enumerate(right))]
    columns = truth.Page("note", 1, *FRAME, (truth.Region("text", tuple(lines), 1),), (), ())
    across = [
        Line(f"{a} {b}", Box(60, 100 + 14 * i, 420, 111 + 14 * i))
        for i, (a, b) in enumerate(zip(left, right, strict=True))
    ]
    counts = count(compare(columns, across, FRAME, np.eye(3), FRAME))
    assert counts.error_rate == 0
    assert counts.breaks == pytest.approx(5 / 11)
    assert counts.order_error > 0.15


def test_marks_are_counted_apart() -> None:
    hand = truth.Region("handwriting", (line("call back before Friday", 10),), 2)
    lines = [*read(TEXTS), Line("cali bock before Fridoy", line("call back before Friday", 10).box)]
    counts = count(compare(page(TEXTS, hand), lines, FRAME, np.eye(3), FRAME))
    assert counts.error_rate == 0
    assert counts.mark_errors == 3
    assert counts.words == 12


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_boxes_on_a_turned_frame_are_taken_back(turns: int) -> None:
    texts = ["98", "98", "93"]  # only their places tell them apart
    width, height = FRAME
    lines = read(texts)
    for _ in range(turns):
        lines = [
            Line(each.text, Box(height - each.box.y1, each.box.x0, height - each.box.y0, each.box.x1)) for each in lines
        ]
        width, height = height, width
    counts = count(compare(page(texts), lines, (width, height), np.eye(3), FRAME))
    assert counts.numbers_right == 3
    assert counts.order_error == 0


def test_boxes_on_a_stretched_frame_are_taken_back() -> None:
    lines = [Line(each.text, Box(each.box.x0, 2 * each.box.y0, each.box.x1, 2 * each.box.y1)) for each in read(TEXTS)]
    counts = count(compare(page(TEXTS), lines, (FRAME[0], 2 * FRAME[1]), np.eye(3), FRAME))
    assert counts.error_rate == 0


def test_what_is_a_number() -> None:
    text = "BP 130/78, SpO2 98% at 08:05, 12.5 mg on 03/02/2026; (10.6 g/dL) A1c 6.9 % and CCL4."
    assert [match.group() for match in NUMBER.finditer(text)] == [
        "130/78", "SpO2", "98%", "08:05", "12.5 mg", "03/02/2026", "10.6 g/dL", "A1c", "6.9 %", "CCL4",
    ]  # fmt: skip
