"""Certificates: what is loaded, and what is refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from chartstream.errors import ConfigurationError
from chartstream.routing.certificate import ALLOW_DEMONSTRATION, TRUSTED_KEY, Certificate, signed
from chartstream.routing.policy import default_policy

REAL: dict[str, Any] = {
    "certificate_id": "north-clinic-2026-03",
    "text": "Measured on 4,000 reviewed charts of the site.",
    "demonstration": False,
    "issued_at": "2026-03-01T00:00:00Z",
    "expires_at": "2026-09-01T00:00:00Z",
    "scope": {"code_sets": {"ICD_10_CM": "c" * 64}, "policy": "a" * 64, "coder": "b" * 64, "edits": "e" * 64},
    "thresholds": {"disease": {"code": 0.97, "extraction": 0.9}},
}
KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
SHIPPED = Path(__file__).parents[3] / "samples" / "certificate.demonstration.json"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOW_DEMONSTRATION, raising=False)
    monkeypatch.delenv(TRUSTED_KEY, raising=False)


@pytest.fixture
def real(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.json"
    path.write_text(signed(REAL, KEY).model_dump_json())
    return path


def change(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_rightly_signed_certificate_is_loaded(real: Path) -> None:
    loaded = Certificate.load(real, trusted_key=PUBLIC)
    assert loaded.certificate_id == "north-clinic-2026-03"
    assert loaded.sha256 == Certificate.load(real, trusted_key=PUBLIC).sha256


def test_the_trusted_key_comes_from_the_environment(real: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRUSTED_KEY, PUBLIC)
    assert Certificate.load(real).demonstration is False


def test_without_a_trusted_key_nothing_is_believed(real: Path) -> None:
    with pytest.raises(ConfigurationError, match=TRUSTED_KEY):
        Certificate.load(real)


@pytest.mark.parametrize("key", ["", "no base64!", base64.b64encode(b"short").decode()])
def test_a_key_that_is_none_is_refused(real: Path, key: str) -> None:
    with pytest.raises(ConfigurationError, match=TRUSTED_KEY):
        Certificate.load(real, trusted_key=key)


def test_another_signer_is_refused(real: Path) -> None:
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    with pytest.raises(ConfigurationError, match="signature"):
        Certificate.load(real, trusted_key=other)


@pytest.mark.parametrize(
    "changes",
    [
        {"thresholds": {"disease": {"code": 0.5, "extraction": 0.5}}},
        {"expires_at": "2036-09-01T00:00:00Z"},
        {"certificate_id": "another"},
        {"signature": ""},
        {"signature": "%%%"},
    ],
)
def test_a_changed_file_is_refused(real: Path, changes: dict[str, Any]) -> None:
    change(real, **changes)
    with pytest.raises(ConfigurationError, match="signature"):
        Certificate.load(real, trusted_key=PUBLIC)


def test_a_real_certificate_cannot_pass_for_a_demonstration(real: Path) -> None:
    change(real, demonstration=True)
    with pytest.raises(ConfigurationError, match="signature"):
        Certificate.load(real, allow_demonstration=True)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"certificate_id": 1}'])
def test_a_malformed_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"broken\.json"):
        Certificate.load(path, allow_demonstration=True)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Certificate.load(tmp_path / "nowhere.json", allow_demonstration=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": {**REAL["scope"], "policy": "any"}},
        {"scope": {**REAL["scope"], "code_sets": "any"}},
        {"expires_at": REAL["issued_at"]},
        {"thresholds": {"disease": {"code": 1.5, "extraction": 0.9}}},
        {"text": ""},
    ],
)
def test_a_real_certificate_must_name_what_it_certifies(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        signed({**REAL, **changes}, KEY)


def test_the_shipped_demonstration_is_loaded_only_where_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="demonstration"):
        Certificate.load(SHIPPED)
    with pytest.raises(ConfigurationError, match="demonstration"):
        Certificate.load(SHIPPED, allow_demonstration=False)
    monkeypatch.setenv(ALLOW_DEMONSTRATION, "1")
    loaded = Certificate.load(SHIPPED)
    assert loaded == Certificate.load(SHIPPED, allow_demonstration=True)
    assert "demonstration" in loaded.certificate_id
    assert "proves nothing" in loaded.text


def test_the_shipped_demonstration_names_every_class_of_the_policy() -> None:
    loaded = Certificate.load(SHIPPED, allow_demonstration=True)
    assert set(loaded.thresholds) == {risk.name for risk in default_policy().classes}
