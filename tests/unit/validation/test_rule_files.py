"""Damaged rule files: the installation is at fault, and is told so."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from chartstream.errors import ConfigurationError
from chartstream.validation import rule_files
from chartstream.validation.medicare_rules import MedicareRules
from chartstream.validation.patient_rules import PatientRules
from chartstream.validation.presence_rules import PresenceRules
from chartstream.validation.rule_files import shipped_rules


@pytest.mark.parametrize("text", ["age: 3", "edits: [", "", "- one"])
@pytest.mark.parametrize(
    ("name", "model"),
    [("patient.yaml", PatientRules), ("presence.yaml", PresenceRules), ("medicare.yaml", MedicareRules)],
)
def test_a_damaged_file_is_a_matter_of_installation(
    name: str, model: type[BaseModel], text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(rule_files, "files", lambda package: tmp_path)
    with pytest.raises(ConfigurationError, match=rf"(?s){name} of the edits does not hold.*install the package again"):
        shipped_rules(name, model)
