"""Validated codes, a certificate and a stage, complete but for what a test is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from chartstream.events.coding import Diagnosis
from chartstream.events.head import Action, Component, Origin
from chartstream.events.validation import CodesValidated, Finding, Severity
from chartstream.routing.certificate import Certificate, Threshold, demonstration
from chartstream.routing.policy import Policy, default_policy
from chartstream.routing.stage import RoutingStage
from tests.unit.builders import FixedClock, coding, diagnosis, encounter, extracted_document, head

ISSUED = datetime(2026, 1, 1, tzinfo=UTC)
EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)


def validated(
    diagnoses: Sequence[Diagnosis] = (diagnosis("I10"),), version: int = 1, event_id: str = "", **changes: Any
) -> CodesValidated:
    base = CodesValidated(
        head=head(version, event_id or f"validated-{version}"),
        action=Action.SUBMIT,
        origin=Origin.ENGINE,
        encounter=encounter(),
        documents=(extracted_document(),),
        coding=coding(diagnoses),
        validator=Component(name="edits", version="1", sha256="e" * 64),
    )
    return base.model_copy(update=changes)


def withdrawn(version: int) -> CodesValidated:
    return validated(
        version=version, action=Action.WITHDRAW, encounter=None, coding=None, withdrawal_reason="registered in error"
    )


def finding(edit: str = "excludes1", severity: Severity = Severity.REVIEW, **changes: Any) -> Finding:
    base = Finding(edit=edit, severity=severity, message="two codes", remedy="keep one", source="I.A.12.a")
    return base.model_copy(update=changes)


@pytest.fixture(scope="session")
def certificate() -> Certificate:
    classes = tuple(risk.name for risk in default_policy().classes)
    return demonstration("demo", ISSUED, EXPIRES, Threshold(code=0.9, extraction=0.8), classes)


@pytest.fixture
def route(certificate: Certificate) -> Callable[..., RoutingStage]:
    """A stage; without arguments under the certificate, with nothing sampled."""

    def build(under: Certificate | None = certificate, audit_share: float = 0.0, **changes: Any) -> RoutingStage:
        policy = Policy.model_validate({**default_policy().model_dump(), "audit_share": audit_share, **changes})
        return RoutingStage(FixedClock(), under, policy)

    return build
