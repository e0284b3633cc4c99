"""The policy decides, a site may change it, and what is wrong in it stops the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.errors import ConfigurationError, Rejected
from chartstream.events.documents import Verdict
from chartstream.intake.findings import Findings
from chartstream.intake.policy import Check, default_policy, load_policy


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_site_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = written(tmp_path, "checks: {effective_dpi: {bounds: [{below: 150, verdict: REVIEW}]}}")
    changed, packaged = load_policy(path), default_policy()
    assert changed.of(Check.EFFECTIVE_DPI).passed(120).verdict is Verdict.REVIEW  # type: ignore[union-attr]
    assert packaged.of(Check.EFFECTIVE_DPI).passed(120) is None
    assert changed.of(Check.EFFECTIVE_DPI).remedy == packaged.of(Check.EFFECTIVE_DPI).remedy
    assert changed.of(Check.SKEW) == packaged.of(Check.SKEW)


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load_policy(written(tmp_path, "")) == default_policy()


@pytest.mark.parametrize(
    "text",
    [
        "checks: {no_such_check: {bounds: []}}",
        "checks: {skew: {bounds: [{below: 1, above: 2, verdict: REVIEW}]}}",
        "checks: {skew: {bounds: [{verdict: REVIEW}]}}",
        "checks: {skew: {bounds: [{above: 1, verdict: MAYBE}]}}",
        "checks: {skew: 5}",
        "sandbox: {seconds: -1}",
        "- a list",
        "checks: {",
    ],
)
def test_a_wrong_policy_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"policy\.yaml"):
        load_policy(written(tmp_path, text))


def test_a_missing_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_policy(tmp_path / "none.yaml")


def test_the_first_bound_that_is_passed_decides() -> None:
    resolution = default_policy().of(Check.EFFECTIVE_DPI)
    verdicts = [bound.verdict if bound else None for bound in map(resolution.passed, (49.9, 50, 89.9, 90))]
    assert verdicts == [Verdict.REJECT, Verdict.REVIEW, Verdict.REVIEW, None]


def test_all_pages_at_fault_are_named() -> None:
    findings = Findings(default_policy())
    for page, dpi in enumerate((40, 200, 45), 1):
        findings.add(Check.EFFECTIVE_DPI, dpi, page)
    with pytest.raises(Rejected) as rejection:
        findings.settle()
    assert [problem.message.partition(":")[0] for problem in rejection.value.problems] == ["page 1", "page 3"]
    assert all(problem.remedy == "rescan at 200 dpi or more" for problem in rejection.value.problems)


def test_of_pages_without_fault_only_the_worst_is_told() -> None:
    findings = Findings(default_policy())
    for page, (dpi, skew) in enumerate(((300, 0.1), (200, 0.4), (250, 0.2)), 1):
        findings.add(Check.EFFECTIVE_DPI, dpi, page)
        findings.add(Check.SKEW, skew, page)
    checks, problems = findings.settle()
    assert {(c.name, c.page, c.value) for c in checks} == {("effective_dpi", 2, 200), ("skew", 2, 0.4)}
    assert problems == ()


def test_of_pages_with_a_fault_each_is_told() -> None:
    findings = Findings(default_policy())
    for page, skew in enumerate((0.1, 2.0, 12.0, 3.0), 1):
        findings.add(Check.SKEW, skew, page)
    checks, problems = findings.settle()
    verdicts = [(c.page, c.verdict) for c in checks]
    assert verdicts == [(2, Verdict.NORMALISE), (3, Verdict.REVIEW), (4, Verdict.NORMALISE)]
    assert [problem.code for problem in problems] == ["page_skewed"]


def test_a_limit_of_the_whole_document_rejects_at_once() -> None:
    with pytest.raises(Rejected, match="document_too_many_pages"):
        Findings(default_policy()).add(Check.PAGE_COUNT, 301)
