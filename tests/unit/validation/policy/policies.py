"""Policies for tests: rules as they stand in a case, with what every rule needs and the case does not speak of."""

from __future__ import annotations

from typing import Any

import yaml

from chartstream.validation.policy.compiled import Compiled
from chartstream.validation.policy.edits import PolicyEdit, compiled, policy_edit
from chartstream.validation.policy.load import LoadedPolicy, read_policy

HEAD = {"policy": "Test policy", "version": "1", "owner": "tests", "source": "invented"}
RULE = {"source": "invented, section 1", "message": "not as agreed", "remedy": "look at it"}
LIST = {"source": "invented, list 1", "number": "LCD L00001"}


def loaded(rules: list[dict[str, Any]], coverage: list[dict[str, Any]] | None = None, **head: Any) -> LoadedPolicy:
    """A policy of some rules, each with the test's source, message and remedy unless it has its own."""
    content = {
        **HEAD,
        **head,
        "rules": [{**RULE, **rule} for rule in rules],
        "coverage": [{**LIST, **listed} for listed in coverage or []],
    }
    return read_policy(yaml.safe_dump(content).encode(), "test.yaml")


def rules_of(case: dict[str, Any]) -> list[Compiled]:
    """The rules and coverage lists of a case, ready."""
    return compiled([loaded(case.get("rules", []), case.get("coverage", []))])


def edit_of(case: dict[str, Any]) -> PolicyEdit:
    """The rules and coverage lists of a case as one edit."""
    return policy_edit([loaded(case.get("rules", []), case.get("coverage", []))])
