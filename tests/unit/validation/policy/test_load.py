"""Policy files: what does not hold is said with its place, reason and remedy; what holds is read as it is written."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartstream.errors import ConfigurationError
from chartstream.validation.policy.edits import policy_edit, policy_edits
from chartstream.validation.policy.load import PolicyFaults, load_policies, read_policy
from tests.unit.validation.policy.policies import HEAD, loaded

FAULTS: dict[str, dict[str, Any]] = {
    case["name"]: case
    for case in yaml.safe_load((Path(__file__).parent / "cases" / "faults.yaml").read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_every_fault_is_named_with_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(PolicyFaults) as caught:
        read_policy(case["file"].encode(), "site.yaml")
    found = [(fault.line, fault.column, fault.where) for fault in caught.value.faults]
    assert found == [tuple(fault[:3]) for fault in case["faults"]]
    for fault, (*_, reason) in zip(caught.value.faults, case["faults"], strict=True):
        assert fault.reason.startswith(reason)
        assert fault.remedy == case.get("remedy", fault.remedy)
        assert str(fault).startswith(f"site.yaml, line {fault.line}, column {fault.column}: {fault.where}: {reason}")


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(PolicyFaults, match="is not UTF-8 text; save it as UTF-8"):
        read_policy("policy: Ä".encode("latin-1"), "site.yaml")


def test_the_faults_of_all_files_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("- 1")
    (tmp_path / "two.yaml").write_text("- 2")
    paths = [tmp_path / name for name in ("one.yaml", "two.yaml", "three.yaml")]
    with pytest.raises(PolicyFaults) as caught:
        load_policies(paths)
    assert [Path(fault.file).name for fault in caught.value.faults] == ["one.yaml", "two.yaml", "three.yaml"]
    assert caught.value.faults[2].reason == "cannot be read: No such file or directory"


def test_scalars_are_read_as_they_are_written() -> None:
    rule = "{name: r, source: no, when: {plan: [no, 0o17, 1e3, 00100, 2026-01-01]}, then: warn, message: m, remedy: r}"
    head = yaml.safe_dump(HEAD)
    policy = read_policy(f"{head}rules: [{rule}]\n".encode(), "site.yaml").policy
    assert policy.rules[0].when.plan == ("no", "0o17", "1e3", "00100", "2026-01-01")
    assert policy.rules[0].source == "no"


def test_anchors_may_share_a_condition() -> None:
    shared = """
    rules:
      - {name: a, source: s, when: &who {payer: lakeshore}, then: warn, message: m, remedy: r}
      - {name: b, source: s, when: *who, then: block, message: m, remedy: r}
    """
    content = yaml.safe_dump(HEAD) + "\n".join(line[4:] for line in shared.splitlines())
    policy = read_policy(content.encode(), "site.yaml")
    assert policy.policy.rules[0].when == policy.policy.rules[1].when
    assert policy.lines["b"] == policy.lines["a"] + 1


def test_an_anchor_within_itself_is_refused() -> None:
    with pytest.raises(PolicyFaults):
        read_policy(b"policy: &p {policy: *p}\n", "site.yaml")


def test_the_hash_is_that_of_the_bytes() -> None:
    content = yaml.safe_dump(HEAD).encode()
    assert read_policy(content, "site.yaml").sha256 == hashlib.sha256(content).hexdigest()


def test_a_name_in_use_is_refused_across_files() -> None:
    rule = {"name": "r", "when": {"diagnosis": "I10"}, "then": "warn"}
    with pytest.raises(ConfigurationError, match=r"r is a rule of test\.yaml and of test\.yaml; rename one of them"):
        policy_edit([loaded([rule]), loaded([rule])])


@pytest.mark.parametrize("name", ["no_such_edit", "present_on_admission_exempt"])
def test_an_edit_that_is_none_or_corrects_cannot_be_asked_for(name: str) -> None:
    rule = {"name": "r", "when": {"any": [{"edit_fired": name}]}, "then": "warn"}
    with pytest.raises(ConfigurationError, match=rf"test\.yaml, line \d+: r: edit_fired names {name}"):
        policy_edit([loaded([rule])])


def test_no_files_add_no_edit() -> None:
    assert policy_edits([]) == ()
