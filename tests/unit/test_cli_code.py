"""``chartstream code``: files and lines in, predictions out, offsets in the text as it was given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from chartstream.cli import app
from chartstream.cli.note_lines import NoteLine, places_in_original, read_lines
from chartstream.errors import ConfigurationError
from chartstream.events.encounter import ClaimType, Sex
from chartstream.extraction.plain import read_plain

SAMPLES = Path(__file__).parents[2] / "samples"
PLAN = "ASSESSMENT AND PLAN\n1. Essential hypertension. Continue lisinopril.\n2. Type 2 diabetes mellitus.\n"
runner = CliRunner()


def run(*arguments: object) -> Result:
    return runner.invoke(app, ["code", *map(str, arguments)], catch_exceptions=True)


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def notes(path: Path, *texts: str, **fields: Any) -> Path:
    rows = [{"note_id": f"n{number}", "text": text, **fields} for number, text in enumerate(texts, start=1)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def predicted(tmp_path: Path, *texts: str, **fields: Any) -> list[dict[str, Any]]:
    out = tmp_path / "out.jsonl"
    result = run(notes(tmp_path / "notes.jsonl", *texts, **fields), "--out", out)
    assert result.exit_code == 0, result.output
    return lines_of(out)


def assert_verbatim(prediction: dict[str, Any], text: str) -> None:
    spans = [span for code in prediction["codes"] for span in code["evidence"]]
    assert spans
    assert all(text[s["begin"] : s["end"]] == s["quote"] for s in spans)
    assert all(s["begin"] < s["end"] for s in spans)


def test_every_line_has_its_prediction_with_verbatim_evidence(tmp_path: Path) -> None:
    first, second = predicted(tmp_path, PLAN, PLAN.replace("hypertension", "tremor"))
    assert [first["note_id"], second["note_id"]] == ["n1", "n2"]
    proposed = [code for code in first["codes"] if code["decision"] != "candidate"]
    assert {"I10", "E11.9"} <= {code["code"] for code in proposed}
    assert {code["system"] for code in proposed} == {"ICD-10-CM"}
    assert {code["decision"] for code in proposed} == {"review"}
    assert all(0 <= code["confidence"] <= 1 for code in proposed)
    assert_verbatim(first, PLAN)


@pytest.mark.parametrize(
    "text",
    [
        PLAN.replace("\n", "\r\n"),
        PLAN.replace(" ", "\u00a0"),
        PLAN.replace("\n", "   \n"),
        "Rene\u0301 was seen.  \n\f" + PLAN,
        "Seen \U0001f600 today.\n" + PLAN,
    ],
    ids=["carriage returns", "hard spaces", "spaces at line ends", "combined letters", "beyond the basic plane"],
)
def test_offsets_count_in_the_text_as_it_was_given(tmp_path: Path, text: str) -> None:
    (prediction,) = predicted(tmp_path, text)
    assert "I10" in {code["code"] for code in prediction["codes"]}
    assert_verbatim(prediction, text)


def test_under_a_certificate_codes_are_released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTSTREAM_ALLOW_DEMONSTRATION", "1")
    out = tmp_path / "out.jsonl"
    certificate = SAMPLES / "certificate.demonstration.json"
    assert run(notes(tmp_path / "n.jsonl", PLAN), "--out", out, "--certificate", certificate).exit_code == 0
    (prediction,) = lines_of(out)
    assert prediction["outcome"] == "coded"
    assert {code["decision"] for code in prediction["codes"]} - {"candidate"} == {"auto"}


def test_the_waived_fields_are_said(tmp_path: Path) -> None:
    result = run(notes(tmp_path / "n.jsonl", PLAN), "--out", tmp_path / "out.jsonl")
    assert "waived" in result.stderr
    assert "signature" in result.stderr


def test_the_setting_decides_what_an_uncertain_diagnosis_is(tmp_path: Path) -> None:
    text = "DISCHARGE DIAGNOSES\n1. Probable acute pancreatitis.\n"

    def codes(setting: str) -> set[str]:
        (prediction,) = predicted(tmp_path, text, setting=setting)
        return {code["code"] for code in prediction["codes"] if code["decision"] != "candidate"}

    assert any(code.startswith("K85") for code in codes("inpatient"))
    assert not any(code.startswith("K85") for code in codes("outpatient"))


def test_a_file_is_waived_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "undated.txt", tmp_path / "out.jsonl"
    path.write_text(PLAN)
    result = run(path, "--out", out)
    assert "waived" not in result.stderr
    (prediction,) = lines_of(out)
    assert prediction["outcome"] == "review"
    assert "encounter_date_missing" in prediction["problems"]
    assert "awaiting_signature" in prediction["problems"]


def test_files_are_shown_in_a_table_without_out() -> None:
    result = run(SAMPLES / "documents" / "cardiology-afib.txt", SAMPLES / "documents" / "cardiology-truncated.pdf")
    assert result.exit_code == 0
    assert "I48.19" in result.stdout
    assert "document_truncated" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["notes.csv"], "notes.csv"),
        (["a.jsonl", "b.txt"], "a.jsonl"),
        (["b.txt", "--release", "ICD-10-CM FY1999"], "installed"),
        (["a.jsonl", "--out", "missing/out.jsonl"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_remedy(tmp_path: Path, arguments: list[str], said: str) -> None:
    notes(tmp_path / "a.jsonl", PLAN)
    for name in ("notes.csv", "b.txt"):
        (tmp_path / name).write_text(PLAN)
    result = run(*(tmp_path / a if "." in a or "/" in a else a for a in arguments))
    assert isinstance(result.exception, ConfigurationError)
    assert said in str(result.exception)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no json", "line 2"),
        ('{"note_id": "n2"}', "text"),
        ('{"note_id": "n2", "text": "t", "setting": "elsewhere"}', "setting"),
        ('{"note_id": "n1", "text": "t"}', "twice"),
    ],
)
def test_a_line_at_fault_is_named_without_its_content(tmp_path: Path, line: str, said: str) -> None:
    path = notes(tmp_path / "n.jsonl", "Seen for gout.")
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(ConfigurationError, match=said) as caught:
        read_lines(path)
    assert "gout" not in str(caught.value)
    assert "elsewhere" not in str(caught.value)


def test_a_line_says_setting_and_patient() -> None:
    line = NoteLine.model_validate(
        {"note_id": "n", "text": "t", "setting": "inpatient", "patient": {"age": 70, "sex": "male"}}
    )
    assert (line.claim_type, line.sex, line.patient.age) == (ClaimType.FACILITY_INPATIENT, Sex.MALE, 70)
    bare = NoteLine.model_validate({"note_id": "n", "text": "t", "patient": {"age": None, "sex": None}})
    assert (bare.claim_type, bare.sex) == (ClaimType.PROFESSIONAL, Sex.UNKNOWN)


@given(st.text(alphabet=st.sampled_from("ab e\u0301\u0303\n\r\f\t\u00a0\U0001f600\u00e9."), min_size=1, max_size=40))
def test_every_extracted_character_is_found_in_the_original(original: str) -> None:
    extracted = read_plain(("x" + original).encode()).text
    places = places_in_original("x" + original, extracted)
    assert len(places) == len(extracted)
    assert places == sorted(places)
    for (begin, end), character in zip(places, extracted, strict=True):
        if character.isalpha() and character.isascii():
            assert character in ("x" + original)[begin:end]


def test_a_text_that_is_another_one_has_no_places() -> None:
    with pytest.raises(ValueError, match="not the note"):
        places_in_original("hypertension", "hypotension")
