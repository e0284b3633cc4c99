"""``chartstream explain`` and ``chartstream code --html``: the path to a code, and why another was not proposed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chartstream.cli import app
from chartstream.errors import ConfigurationError

NOTE = """ASSESSMENT AND PLAN
1. Type 2 diabetes with chronic kidney disease stage 4. Continue metformin.
2. Cough, possible pneumonia.
"""
runner = CliRunner()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text(NOTE)
    return path


def explain(*arguments: object) -> Result:
    return runner.invoke(app, ["explain", *map(str, arguments)])


def test_the_path_of_a_proposed_code(note: Path) -> None:
    shown = explain(note, "--code", "e1122").output
    for words in (
        "E11.22",
        "diabetic chronic kidney disease",
        "number 1 on the claim",
        "path",
        "features",
        "“Type 2 dia",
    ):
        assert words in shown


def test_why_a_code_was_turned_down(note: Path) -> None:
    shown = explain(note, "--code", "J18.9").output
    assert "turned down" in shown
    assert "IV.H" in shown
    assert "“pneumonia”" in shown


def test_a_code_that_nothing_names_is_told_with_its_terms_and_neighbours(note: Path) -> None:
    shown = explain(note, "--code", "E11.9").output
    assert "not considered" in shown
    assert "type 2 diabetes" in shown
    assert "of its category E11.22" in " ".join(shown.split())
    assert "not billable" in explain(note, "--code", "E11").output


def test_without_a_code_every_proposed_one_is_explained(note: Path) -> None:
    shown = explain(note).output
    assert shown.count("on the claim") >= 3
    assert "R05.9" in shown


def test_one_line_of_several_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps({"note_id": name, "text": NOTE}) + "\n" for name in ("a", "b")))
    assert "E11.22" in explain(path, "--note", "b", "--code", "E11.22").output
    with pytest.raises(ConfigurationError, match="2 lines are meant"):
        runner.invoke(app, ["explain", str(path)], catch_exceptions=False)


def test_a_code_that_is_none_is_refused(note: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Q99\.99 is no code"):
        runner.invoke(app, ["explain", str(note), "--code", "Q99.99"], catch_exceptions=False)


def test_the_page_of_a_coded_note(tmp_path: Path) -> None:
    page, lines = tmp_path / "page.html", tmp_path / "notes.jsonl"
    lines.write_text(json.dumps({"note_id": "a", "text": NOTE}))
    arguments = ["code", str(lines), "--html", str(page), "--out", str(tmp_path / "out.jsonl")]
    assert runner.invoke(app, arguments).exit_code == 0
    html = page.read_text()
    assert "E11.22" in html
    assert "uncertain: not coded" in html
    assert "Continue <span" in html  # the medication is evidence of its own
