"""Validation's policies from the environment: they stand behind the edits, and the validator's hash names them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chartstream.errors import ConfigurationError
from chartstream.events.validation import Finding, Severity
from chartstream.validation.checking import checked
from chartstream.validation.edits import EDITS
from chartstream.validation.identity import component
from chartstream.validation.policy.asked import NoTables
from chartstream.validation.registry import Edit, Hit
from chartstream.validation.written import WrittenClaim
from services.validation.settings import ValidationSettings

SAMPLE = Path(__file__).parents[3] / "samples" / "policies" / "lakeshore.yaml"
IMAGING = {"codes": ["R51.9"], "procedures": ["70551"], "payer": "lakeshore", "place_of_service": "11"}


def configured(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> tuple[Edit, ...]:
    monkeypatch.setenv("CHARTSTREAM_VALIDATION_POLICY", os.pathsep.join(map(str, paths)))
    return tuple(ValidationSettings.from_environment().edits())


def test_without_a_policy_the_edits_hold_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHARTSTREAM_VALIDATION_POLICY", raising=False)
    assert tuple(ValidationSettings.from_environment().edits()) == EDITS


def test_a_rule_is_found_behind_the_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    edits = configured(monkeypatch, SAMPLE)
    claim = WrittenClaim.model_validate(IMAGING).claim(NoTables())
    assert checked(claim, edits)[1][-1] == Finding(
        edit="policy:lakeshore_advanced_imaging_authorization",
        severity=Severity.BLOCKS,
        message="70551: magnetic resonance imaging needs an authorization outside the emergency room",
        remedy="obtain the authorization, or enter its number in the billing context",
        source="Provider manual, section 4.2",
        codes=("70551",),
    )


def test_the_findings_of_the_edits_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = WrittenClaim.model_validate({**IMAGING, "codes": ["Z99.999", "E11"]}).claim(NoTables())
    alone = checked(claim, EDITS)[1]
    assert checked(claim, configured(monkeypatch, SAMPLE))[1][: len(alone)] == alone


def test_another_content_is_another_validator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / SAMPLE.name
    changed.write_text(SAMPLE.read_text().replace("{to: 44}", "{to: 49}"))
    hashes = {component(edits).sha256 for edits in (EDITS, *(configured(monkeypatch, p) for p in (SAMPLE, changed)))}
    assert len(hashes) == 3


def test_two_files_of_the_same_rules_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="lakeshore_advanced_imaging_authorization is a rule of"):
        configured(monkeypatch, SAMPLE, SAMPLE)


def test_a_file_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.yaml, line 1, column 1: the file: cannot be read"):
        configured(monkeypatch, tmp_path / "gone.yaml")


def test_a_policy_takes_hits_of_rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError):
        configured(monkeypatch, SAMPLE)[-1].finding(Hit("something else"))
