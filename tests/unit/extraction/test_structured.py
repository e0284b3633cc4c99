"""Messages and structured documents become text that reads as they would on paper."""

from __future__ import annotations

import pytest

from chartstream.errors import Rejected
from chartstream.extraction.cda import read_cda
from chartstream.extraction.fields import find_fields
from chartstream.extraction.hl7text import read_hl7
from chartstream.extraction.paragraphs import read_doc, read_rtf
from chartstream.extraction.readtext import ReadText
from chartstream.extraction.sections import find_sections
from tests.unit.formats.compound_file import ROW_END, word_file
from tests.unit.formats.notes import RTF, cda_document, hl7_message, text_observation

HEADER = ["Patient: Helena R Marsh", "MRN: 4711", "Date of birth: 1961-05-04", "Sex: F"]
ORDER = "OBR|1||F-1|24323-8^Metabolic panel|||20260302080000"


def lines(read: ReadText) -> list[str]:
    return [read.text[line.begin : line.end] for line in read.lines]


def emphasised(read: ReadText) -> list[str]:
    return [read.text[line.begin : line.end] for line in read.lines if line.emphasised]


def values(read: ReadText) -> dict[str, str]:
    return {field.name: field.value for field in find_fields(read)}


def test_a_message_has_its_header_and_its_text_line_by_line() -> None:
    read = read_hl7(hl7_message([text_observation(r"ASSESSMENT\.br\Cough \T\ fever.~Rest.")]))
    assert lines(read) == [
        *HEADER,
        "Date of service: 2026-03-01",
        "Attending physician: Ines Oduya",
        "Author: Ines Oduya",
        "Progress note",
        "ASSESSMENT",
        "Cough & fever.",
        "Rest.",
    ]
    assert emphasised(read) == ["Progress note"]


def test_successive_observations_of_one_text_stand_under_one_name() -> None:
    pieces = [
        "TX|1^FINDINGS||Clear lungs.||||||F",
        "TX|1^FINDINGS||No effusion.||||||F",
        "TX|2^IMPRESSION||Normal.||||||F",
    ]
    read = read_hl7(hl7_message(pieces, event="ORU^R01", document=ORDER))
    body = ["Metabolic panel", "FINDINGS", "Clear lungs.", "No effusion.", "IMPRESSION", "Normal."]
    assert lines(read)[-6:] == body
    assert [section.kind for section in find_sections(read)][-1] == "impression"


@pytest.mark.parametrize(
    ("observation", "line"),
    [
        ("NM|2823-3^Potassium||3.1|mmol/L|3.5-5.1|L|||F", "Potassium  3.1 mmol/L  (3.5-5.1)  L"),
        (
            "NM|2951-2^Sodium||140|mmol/L^millimole per litre|136-145|N|||F",
            "Sodium  140 millimole per litre  (136-145)",
        ),
        ("SN|1^Troponin||<^0.01|ng/mL|||||F", "Troponin  <0.01 ng/mL"),
        ("SN|1^ANA titre||1^:^128||||||F", "ANA titre  1:128"),
        ("CWE|1^Culture||112283007^Escherichia coli^SCT||||||F", "Culture  Escherichia coli"),
        ("ST|1^Blood group||A positive||||||F", "Blood group  A positive"),
        ("DT|1^Last period||20260201||||||F", "Last period  2026-02-01"),
        ("NM|2823-3||3.1~3.3|mmol/L|||||F", "2823-3  3.1, 3.3 mmol/L"),
    ],
)
def test_results_are_lines_of_name_value_unit_range_and_flag(observation: str, line: str) -> None:
    read = read_hl7(hl7_message([observation], event="ORU^R01", document=ORDER))
    assert lines(read)[-1] == line


def test_what_was_withdrawn_is_not_read_and_notes_are() -> None:
    observations = ["NM|1^Potassium||9.9|mmol/L|||||D", "NM|2^Sodium||140|mmol/L|||||F\rNTE|1||Repeat tomorrow."]
    read = read_hl7(hl7_message(observations, event="ORU^R01", document=ORDER))
    assert lines(read)[-2:] == ["Sodium  140 mmol/L", "Repeat tomorrow."]
    assert "9.9" not in read.text


def test_the_header_of_a_message_gives_the_fields() -> None:
    stay = "PV1|1|I" + "|" * 42 + "20260301|20260304"
    signed = "TXA|1|DS|FT|20260304103000|||||||||||||LA|||||prv-1^Oduya^Ines"
    found = values(read_hl7(hl7_message([text_observation("Cough")], visit=stay, document=signed)))
    assert found["admission_date"] == "2026-03-01"
    assert found["discharge_date"] == "2026-03-04"
    assert found["birth_date"] == "1961-05-04"
    assert found["sex"] == "FEMALE"


def test_a_cda_document_has_its_header_and_its_sections() -> None:
    read = read_cda(cda_document())
    assert lines(read) == [
        "Progress note",
        "Patient: Helena Marsh",
        *HEADER[1:],
        "Date of service: 2026-03-02",
        "Author: Ines Oduya",
        "Electronically signed by: Ines Oduya",
        "History of Present Illness",
        "Cough for four days.",
        "No fever.",
        "Assessment and plan",
        "- Acute bronchitis",
        "- Essential hypertension",
        "Labs",
        "Test  Value",
        "Potassium  3.1 mmol/L",
    ]
    assert emphasised(read) == ["Progress note", "History of Present Illness", "Assessment and plan", "Labs"]


def test_the_sections_of_a_cda_document_are_known_by_title_or_code() -> None:
    kinds = [section.kind for section in find_sections(read_cda(cda_document()))]
    assert kinds[-3:] == ["history_of_present_illness", "assessment_and_plan", "results"]


def test_a_stay_in_a_cda_header_has_two_dates() -> None:
    stay = cda_document().replace(b'<low value="20260302"/>', b'<low value="20260302"/><high value="20260305"/>')
    found = values(read_cda(stay))
    assert (found["admission_date"], found["discharge_date"]) == ("2026-03-02", "2026-03-05")


def test_bold_lines_of_a_narrative_are_marked() -> None:
    body = '<component><structuredBody><component><section><text><content styleCode="Bold">PLAN</content><br/>Rest.'
    read = read_cda(cda_document(body + "</text></section></component></structuredBody></component>"))
    assert emphasised(read)[-1] == "PLAN"
    assert lines(read)[-2:] == ["PLAN", "Rest."]


def test_word_processors_files_become_lines() -> None:
    assert lines(read_rtf(RTF))[1:4] == [
        "ASSESSMENT",
        "Acute bronchitis, fever 38.4\u00b0C\u2019s work.",
        "Cough since Monday.",
    ]
    assert emphasised(read_rtf(RTF)) == ["ASSESSMENT"]
    assert lines(read_doc(word_file("Fever.\x0bCough.\rPlan")))[:3] == ["Fever.", "Cough.", "Plan"]


TABLE = [["Test", "Value", ""], ["Potassium", "", "low"]]
TABLE_ROWS = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)


@pytest.mark.parametrize(
    "read",
    [
        read_doc(word_file("Labs\r" + "".join("\x07".join(row) + "\x07" + ROW_END for row in TABLE) + "Plan")),
        read_rtf(
            rb"{\rtf1 Labs\par \trowd Test\cell Value\cell\cell\row Potassium\cell\cell low\cell\row\pard Plan\par}"
        ),
        read_cda(
            cda_document(
                "<component><structuredBody><component><section><title>Labs</title><text><table><tbody>"
                f"{TABLE_ROWS}</tbody></table>Plan</text></section></component></structuredBody></component>"
            )
        ),
    ],
)
def test_rows_and_cells_are_kept(read: ReadText) -> None:
    (table,) = read.tables
    assert (table.rows, table.columns) == (2, 3)
    assert [[read.text[c.begin : c.end] for c in table.cells if c.row == row] for row in (0, 1)] == TABLE
    assert read.text[table.begin : table.end] == "Test  Value\nPotassium  low"
    assert "Labs" in lines(read)
    assert "Plan" in lines(read)


def test_a_letterhead_in_cells_is_no_table() -> None:
    read = read_rtf(rb"{\rtf1 \trowd North Clinic\cell Tel. 1\cell\row\pard Plan\par}")
    assert (lines(read)[:2], read.tables) == (["North Clinic  Tel. 1", "Plan"], ())


def test_what_is_no_whole_document_is_refused() -> None:
    for read, content in ((read_rtf, RTF[:99]), (read_doc, b""), (read_cda, b"<a/>"), (read_hl7, b"PID|1")):
        with pytest.raises(Rejected):
            read(content)
