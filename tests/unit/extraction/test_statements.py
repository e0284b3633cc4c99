"""Statements: problems, procedures and results, each with its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chartstream.events.extraction import StatementKind
from chartstream.extraction.readtext import Cell, ReadText, Table, TextBuilder
from chartstream.extraction.result_tables import results_in_table
from chartstream.extraction.sections import find_sections
from chartstream.extraction.statements import find_statements

Plain = Callable[[str], ReadText]


def quotes(read: ReadText, kind: StatementKind) -> list[str]:
    return [read.text[f.begin : f.end] for f in find_statements(read, find_sections(read)) if f.kind is kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ASSESSMENT AND PLAN\n1. Gout. Start colchicine.\nPlan: rest.\n2. Asthma", ["Gout", "Asthma"]),
        ("ASSESSMENT\n- Gout\n- Asthma", ["Gout", "Asthma"]),
        ("ASSESSMENT: Gout; asthma, mild", ["Gout", "asthma, mild"]),
        ("DISCHARGE DIAGNOSES\n1. Sepsis\n2. Dehydration", ["Sepsis", "Dehydration"]),
        ("PLAN\nRest.", []),
        ("IMPRESSION\nNone.", []),
    ],
)
def test_diagnoses_one_by_one(text: str, expected: list[str], plain: Plain) -> None:
    assert quotes(plain(text), StatementKind.DIAGNOSIS) == expected


def test_procedures_by_their_names(plain: Plain) -> None:
    text = "PROCEDURE PERFORMED: Repair of hernia with mesh. The sac was ligated.\nCOMPLICATIONS: None."
    assert quotes(plain(text), StatementKind.PROCEDURE) == ["Repair of hernia with mesh"]
    assert quotes(plain("PROCEDURES\nNone."), StatementKind.PROCEDURE) == []


def test_a_relatives_results_are_not_the_patients(plain: Plain) -> None:
    assert quotes(plain("FAMILY HISTORY\nMother: LDL 240 mg/dL"), StatementKind.RESULT) == []


def test_a_doubtful_word_makes_a_doubtful_statement() -> None:
    builder = TextBuilder()
    builder.add_line("RESULTS", confidence=1.0)
    builder.add_line("Potassium 3.1 mmol/L", confidence=0.5)
    read = builder.build()
    (found,) = find_statements(read, find_sections(read))
    assert found.confidence < 0.5


def test_a_table_of_results_is_read_by_its_columns() -> None:
    rows = (
        ("Test", "Result", "Units", "Reference range", "Flag"),
        ("Potassium", "3.1", "mmol/L", "3.5-5.1", "L"),
        ("Widget factor", "12", "", "<20", ""),
    )
    lines = ["  ".join(cell for cell in row if cell) for row in rows]
    text = "\n".join(lines)
    builder = TextBuilder()
    cells, offset = [], 0
    for row, (content, line) in enumerate(zip(rows, lines, strict=True)):
        builder.add_line(line)
        place = 0
        for column, cell in enumerate(content):
            begin = line.index(cell, place)
            cells.append(Cell(row, column, offset + begin, offset + begin + len(cell)))
            place = begin + len(cell)
        offset += len(line) + 1
    table = Table(0, len(text), None, 3, 5, tuple(cells), ruled=True)
    found = [(r.name, r.value, r.unit, r.reference_range, r.abnormal) for r in results_in_table(builder.build(), table)]
    assert found == [
        ("potassium", "3.1", "mmol/L", "3.5-5.1", "L"),
        ("Widget factor", "12", None, "<20", None),
    ]
