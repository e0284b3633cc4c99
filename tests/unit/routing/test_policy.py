"""The policy as shipped, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.errors import ConfigurationError
from chartstream.routing.policy import Policy, default_policy

CLASS = "{name: disease, source: s, prefixes: [''], priority: 5}"
TOP = "name: n\nversion: '1'\naudit_share: 0.1\nreview_due_hours: 1\n"


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("I10", "disease"), ("B20", "sensitive"), ("B19.20", "disease"), ("Z21", "sensitive"),
        ("Z23", "status_and_reason"),
        ("T74.11XA", "sensitive"), ("T78.40XA", "injury"), ("R65.21", "sepsis_and_malnutrition"), ("R07.9", "symptom"),
        ("S82.51XA", "injury"), ("W19.XXXA", "external_cause"), ("Y07.11", "sensitive"), ("Y92.009", "external_cause"),
        ("I21.4", "audited"), ("99213", "disease"),
    ],
)  # fmt: skip
def test_the_longest_beginning_decides(code: str, risk: str) -> None:
    assert default_policy().risk_of(code).name == risk


def test_the_highest_risk_is_the_first_in_the_file() -> None:
    highest = default_policy().highest(["I10", "R07.9", "I21.4"])
    assert highest is not None
    assert highest.name == "audited"
    assert default_policy().highest([]) is None


@pytest.mark.parametrize(
    ("code", "risk"),
    [("I50.22", "payment_driver"), ("Z79.4", "payment_driver"), ("I21.4", "audited"), ("I10", "disease")],
)
def test_a_driver_is_of_its_own_class_unless_its_code_is_of_a_higher_risk(code: str, risk: str) -> None:
    assert default_policy().risk_of(code, {"I50.22", "Z79.4", "I21.4"}).name == risk


def test_a_driver_counts_for_the_highest_risk() -> None:
    highest = default_policy().highest(["I10", "E78.5"], {"E78.5"})
    assert highest is not None
    assert highest.name == "payment_driver"


def test_every_class_names_its_source() -> None:
    assert all(risk.source for risk in default_policy().classes)


def test_a_policy_from_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(f"{TOP}classes: [{CLASS}]")
    first = Policy.load(path).sha256
    path.write_text(f"# a comment changes nothing\n{TOP}classes: [{CLASS}]")
    assert Policy.load(path).sha256 == first
    path.write_text(f"{TOP}classes: [{CLASS.replace('5', '6')}]")
    assert Policy.load(path).sha256 != first


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name: [",
        f"{TOP}classes: []",
        f"{TOP}classes: [{CLASS}, {CLASS}]",
        f"{TOP}classes: [{{name: some, source: s, prefixes: [A], priority: 5}}]",
        f"{TOP.replace('0.1', '1.1')}classes: [{CLASS}]",
        f"{TOP}classes: [{CLASS}, {{name: some, source: s, priority: 5}}]",
        f"{TOP}classes: [{CLASS}, {{name: some, source: s, priority: 5, drivers: true, prefixes: [A]}}]",
        (
            f"{TOP}classes: [{CLASS}, {{name: a, source: s, priority: 5, drivers: true}}, "
            "{name: b, source: s, priority: 5, drivers: true}]"
        ),
        f"{TOP}surprise: 1\nclasses: [{CLASS}]",
    ],
)
def test_a_policy_that_does_not_hold_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"policy\.yaml"):
        Policy.load(path)


def test_a_missing_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Policy.load(tmp_path / "nowhere.yaml")
