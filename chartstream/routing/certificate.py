"""Certificates: the measured, signed permission to release claims without a person."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from chartstream.errors import ConfigurationError

ALLOW_DEMONSTRATION = "CHARTSTREAM_ALLOW_DEMONSTRATION"
TRUSTED_KEY = "CHARTSTREAM_CERTIFICATE_KEY"
"""Environment variable with the Ed25519 public key of the site's certifier: 32 bytes in base64."""

ANY = "any"

# Anyone can derive this key, and so it can sign nothing but demonstrations.
_DEMONSTRATION_KEY = Ed25519PrivateKey.from_private_bytes(
    hashlib.sha256(b"chartstream demonstration certificates prove nothing").digest()
)


class Threshold(BaseModel):
    """Least confidences, 0 to 1, at which a code of a risk class is released: that the code is right, and that its
    evidence was read right. The two are compared separately.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: float = Field(ge=0, le=1)
    extraction: float = Field(ge=0, le=1)


class Scope(BaseModel):
    """What was certified, by hash: any other coder, code set, edit or policy was not measured. ``any`` stands for
    everything and is allowed to demonstrations only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code_sets: Literal["any"] | dict[str, str]
    policy: str
    coder: str
    edits: str


class Certificate(BaseModel):
    """A certificate file. ``thresholds`` go by risk class; a class that is not named is not certified."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificate_id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    demonstration: bool
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    scope: Scope
    thresholds: dict[str, Threshold]
    signature: str

    @model_validator(mode="after")
    def _honest(self) -> Self:
        named = (self.scope.code_sets, self.scope.policy, self.scope.coder, self.scope.edits)
        if ANY in named and not self.demonstration:
            raise ValueError('only a demonstration may say "any"; name the hashes that were certified')
        if self.expires_at <= self.issued_at:
            raise ValueError("it expires before it is issued")
        return self

    @cached_property
    def sha256(self) -> str:
        """Hash of the certificate's content with its signature."""
        return hashlib.sha256(_canonical(self.model_dump(mode="json"))).hexdigest()

    def mismatches(self, now: datetime, used: Mapping[str, str | None], code_sets: Mapping[str, str]) -> list[str]:
        """Why the certificate does not cover a claim, in words; empty when it does.

        ``used`` gives the hashes of ``policy``, ``coder`` and ``edits``, ``code_sets`` those by code system.
        """
        reasons = []
        if not self.issued_at <= now < self.expires_at:
            reasons.append("it is not valid at this time")
        reasons.extend(
            f"another {name} was certified"
            for name, digest in used.items()
            if getattr(self.scope, name) not in (ANY, digest)
        )
        certified = self.scope.code_sets
        if not isinstance(certified, str):
            differing = [system for system, digest in code_sets.items() if certified.get(system) != digest]
            reasons.extend(f"another release of {system} was certified" for system in differing)
        return reasons

    @classmethod
    def load(
        cls, path: Path, *, allow_demonstration: bool | None = None, trusted_key: str | None = None
    ) -> Certificate:
        """The certificate in a file, its signature verified.

        ``trusted_key`` is the certifier's public key (base64), by default from ``CHARTSTREAM_CERTIFICATE_KEY``. A
        demonstration certificate is loaded only with ``allow_demonstration``, by default where
        ``CHARTSTREAM_ALLOW_DEMONSTRATION`` is 1. Raises ``ConfigurationError`` for a file that cannot be read, does
        not hold, is wrongly signed or is a demonstration that was not allowed.
        """
        certificate = _read(path)
        if allow_demonstration is None:
            allow_demonstration = os.environ.get(ALLOW_DEMONSTRATION) == "1"
        if certificate.demonstration and not allow_demonstration:
            raise ConfigurationError(
                f"{path.name} is a demonstration and proves nothing; set {ALLOW_DEMONSTRATION}=1 for a demonstration, "
                "or name a real certificate"
            )
        key = _DEMONSTRATION_KEY.public_key() if certificate.demonstration else _trusted(trusted_key, path)
        content = certificate.model_dump(mode="json", exclude={"signature"})
        try:
            key.verify(base64.b64decode(certificate.signature), _canonical(content))
        except (InvalidSignature, ValueError) as error:
            raise ConfigurationError(
                f"the signature of {path.name} does not fit its content; get the file again from who certified it"
            ) from error
        return certificate


def signed(content: Mapping[str, Any], key: Ed25519PrivateKey) -> Certificate:
    """A certificate with this content, signed. Raises ``pydantic.ValidationError`` when the content does not hold."""
    draft = Certificate.model_validate({**content, "signature": ""})
    body = draft.model_dump(mode="json", exclude={"signature"})
    return draft.model_copy(update={"signature": base64.b64encode(key.sign(_canonical(body))).decode()})


def demonstration(
    certificate_id: str, issued_at: datetime, expires_at: datetime, threshold: Threshold, classes: tuple[str, ...]
) -> Certificate:
    """A certificate for demonstrations: one threshold for all the classes named, nothing measured, nothing proven."""
    content = {
        "certificate_id": certificate_id,
        "text": "DEMONSTRATION ONLY. Nothing was measured for this certificate and it proves nothing. "
        "Claims released under it must not be billed.",
        "demonstration": True,
        "issued_at": issued_at,
        "expires_at": expires_at,
        "scope": {"code_sets": ANY, "policy": ANY, "coder": ANY, "edits": ANY},
        "thresholds": {name: threshold.model_dump() for name in classes},
    }
    return signed(content, _DEMONSTRATION_KEY)


def _read(path: Path) -> Certificate:
    try:
        return Certificate.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"the certificate {path.name} cannot be read: {error.strerror}; check the path"
        ) from error
    except ValidationError as error:
        raise ConfigurationError(f"{path.name} is no certificate: {error}; get the file again") from error


def _trusted(key: str | None, path: Path) -> Ed25519PublicKey:
    key = key if key is not None else os.environ.get(TRUSTED_KEY)
    if not key:
        raise ConfigurationError(f"{path.name} cannot be verified: set {TRUSTED_KEY} to the certifier's public key")
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
    except ValueError as error:
        raise ConfigurationError(f"{TRUSTED_KEY} is no Ed25519 public key: give its 32 bytes in base64") from error


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
