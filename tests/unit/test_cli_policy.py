"""``chartstream policy``: the check with its exit status, the schema, coverage lists written and read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from chartstream.cli import app
from chartstream.errors import ConfigurationError
from tests.unit.validation.policy.policies import HEAD, RULE

SAMPLE = Path(__file__).parents[2] / "samples" / "policies" / "lakeshore.yaml"
ARTICLES = Path(__file__).parent / "validation" / "policy" / "articles"
DEMANDS = {"name": "asks", "when": {"procedure": {"codes": "99213"}}, "then": {"require": {"modifier": "25"}}}
OPPOSES = {"name": "opposes", "when": {"procedure": {"codes": "99213", "modifiers": "25"}}, "then": "block"}
runner = CliRunner()


def policy(*arguments: object) -> Result:
    return runner.invoke(app, ["policy", *map(str, arguments)])


def write(path: Path, rules: list[dict[str, Any]], examples: list[dict[str, Any]] | None = None) -> Path:
    path.write_text(yaml.safe_dump({**HEAD, "rules": [{**RULE, **rule} for rule in rules], "examples": examples or []}))
    return path


def test_the_sample_policy_holds() -> None:
    result = policy("check", SAMPLE)
    assert result.exit_code == 0
    assert "14 of 14 examples found as stated" in result.output
    assert "no rule opposes or shadows another" in result.output


def test_an_example_that_is_found_otherwise_is_shown(tmp_path: Path) -> None:
    examples = [{"name": "a visit", "claim": {"codes": ["I10"], "procedures": ["99213"]}, "expect": ["opposes"]}]
    file = write(tmp_path / "p.yaml", [DEMANDS], examples)
    report = json.loads(policy("check", file, "--json").output)
    assert report["differences"] == [
        {"file": str(file), "example": "a visit", "missing": ["opposes"], "unexpected": ["asks"]}
    ]
    shown = policy("check", file)
    assert shown.exit_code == 1
    assert "0 of 1 examples found as stated" in shown.output
    assert "a visit" in shown.output


def test_a_conflict_across_files_is_explained_with_a_claim(tmp_path: Path) -> None:
    files = write(tmp_path / "payer.yaml", [DEMANDS]), write(tmp_path / "house.yaml", [OPPOSES])
    shown = policy("check", *files)
    assert shown.exit_code == 1
    assert "it requires modifier 25, with which opposes holds the claim back" in shown.output
    assert "on the claim {codes: [], procedures: [{code: '99213'" in shown.output
    report = json.loads(policy("check", *files, "--json").output)
    assert [(one["kind"], one["rule"], one["other"]) for one in report["remarks"]] == [("conflict", "asks", "opposes")]
    assert report["places"]["opposes"][0] == str(files[1])


def test_a_shadowed_rule_is_told_and_is_no_failure(tmp_path: Path) -> None:
    rules = [
        {"name": "wide", "when": {"diagnosis": "E11.-"}, "then": "block"},
        {"name": "narrow", "when": {"diagnosis": "E11.9"}, "then": "review"},
    ]
    shown = policy("check", write(tmp_path / "p.yaml", rules))
    assert shown.exit_code == 0
    assert "wide (block) fires wherever it does; it never adds anything" in shown.output


def test_faults_are_shown_line_by_line_and_as_json(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(yaml.safe_dump({**HEAD, "rule": []}))
    shown = policy("check", file)
    assert shown.exit_code == 1
    assert "column 1: rule: `rule` is no key here; write `rules` if that is meant" in shown.output
    as_json = policy("check", file, "--json")
    assert as_json.exit_code == 1
    (fault,) = json.loads(as_json.output)["faults"]
    assert (fault["where"], fault["remedy"]) == ("rule", "write `rules` if that is meant")


def test_the_schema_is_one_of_json() -> None:
    schema = json.loads(policy("schema").output)
    assert schema["additionalProperties"] is False
    assert {"policy", "version", "owner", "source", "rules", "coverage", "examples"} == set(schema["properties"])
    assert {"from", "to", "when", "then"} <= set(schema["$defs"]["Rule"]["properties"])


def test_coverage_lists_are_written_as_a_policy_that_holds(tmp_path: Path) -> None:
    out = tmp_path / "coverage.yaml"
    done = policy(
        "import-coverage", ARTICLES, "--out", out, "--contractor", "Example Contractor, Inc.", "--payer", "medicare-b"
    )
    assert done.exit_code == 0
    assert "1 coverage lists written" in done.output
    assert "1 rows whose code is none" in done.output
    assert "1 groups have a paragraph" in done.output
    assert "0 rules, 1 coverage lists" in policy("check", out).output


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    out = tmp_path / "no" / "coverage.yaml"
    done = policy("import-coverage", ARTICLES, "--out", out, "--contractor", "09102", "--payer", "medicare-b")
    assert isinstance(done.exception, ConfigurationError)
    assert "cannot be written" in str(done.exception)


@pytest.mark.parametrize("command", ["check", "schema", "import-coverage"])
def test_every_command_explains_itself(command: str) -> None:
    assert policy(command, "--help").exit_code == 0
