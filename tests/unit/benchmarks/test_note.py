"""The notes of the corpus, as parsed."""

from __future__ import annotations

from benchmarks.reading.note import Heading, Item, Paragraph, Rows, Signature, fields, notes, parse

TEXT = """Lakeside Clinic
Follow-up

Patient: Ada Example    DOB: 11/02/1961    Sex: F
Date of service: March 9, 2026

HISTORY
She is a 64-year-old woman with a long story that goes on and on until it reaches
the next line. Then it ends.

RESULTS
Test | Result | Flag
Potassium | 5.2 | H
Sodium | 138 |

PLAN
1. Come back.
- Bring pills

Electronically signed by Bo Example, MD on 03/09/2026 16:05
"""


def test_blocks_of_a_note() -> None:
    note = parse("example", TEXT)
    assert note.facts[:2] == (("Patient", "Ada Example"), ("DOB", "11/02/1961"))
    assert note.blocks == (
        Heading("HISTORY"),
        Paragraph(
            "She is a 64-year-old woman with a long story that goes on and on until it reaches the next line. "
            "Then it ends."
        ),
        Heading("RESULTS"),
        Rows((("Test", "Result", "Flag"), ("Potassium", "5.2", "H"), ("Sodium", "138", ""))),
        Heading("PLAN"),
        Item("Come back.", 1),
        Item("Bring pills", None),
        Signature("Electronically signed by Bo Example, MD on 03/09/2026 16:05"),
    )


def test_fields_of_a_note() -> None:
    assert fields(parse("example", TEXT)) == {
        "encounter_date": "2026-03-09",
        "birth_date": "1961-11-02",
        "sex": "FEMALE",
        "age": "64",
    }


def test_every_note_of_the_corpus_states_its_patient_and_dates_of_service_in_range() -> None:
    for note in notes():
        stated = fields(note)
        assert {"birth_date", "sex"} <= stated.keys(), note.name
        for name in ("encounter_date", "admission_date", "discharge_date"):
            assert "2025-10-01" <= stated.get(name, "2026-01-01") <= "2026-09-30", note.name
        widths = {len({len(row) for row in block.cells}) for block in note.blocks if isinstance(block, Rows)}
        assert widths <= {1}, f"{note.name}: rows of unequal length"
