"""The head of a bundle: how many entries there are, the hash of the last, and an Ed25519 signature over both."""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from chartstream.audit.chain import Fault, canonical
from chartstream.errors import ConfigurationError

FORMAT = "chartstream-audit-1"
PLACE = "the head"


class Head(BaseModel):
    """``head.json``. ``key``: the signer's public key in base64; ``signature``: hexadecimal, over all the others."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: str
    encounter_id: str
    entries: int
    last: str
    signed_at: AwareDatetime
    key: str
    signature: str


def signed_head(encounter_id: str, entries: int, last: str, at: datetime, key: Ed25519PrivateKey) -> bytes:
    """The signed head of a chain, as it is written."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "encounter_id": encounter_id,
        "entries": entries,
        "last": last,
        "signed_at": at.isoformat(),
        "key": public_text(key.public_key()),
    }
    return canonical({**body, "signature": key.sign(canonical(body)).hex()}) + b"\n"


def read_head(content: bytes, trusted: Ed25519PublicKey) -> Head | Fault:
    """A head that is signed with the trusted key; or why it is not."""
    try:
        head = Head.model_validate_json(content)
        body: dict[str, Any] = json.loads(content)
        signature = bytes.fromhex(head.signature)
    except (ValidationError, ValueError, RecursionError):
        return Fault(PLACE, "it is no head of a bundle: it was changed")
    # One way to write it only, so that no byte of it can be changed: hexadecimal has two cases, JSON has blanks.
    if canonical(body) + b"\n" != content or signature.hex() != head.signature:
        return Fault(PLACE, "it is not written as it was made: it was changed")
    if head.format != FORMAT:
        return Fault(PLACE, f"its format is not {FORMAT}: verify it with the version of Chartstream that made it")
    if head.key != public_text(trusted):
        return Fault(PLACE, "it is signed with another key than the trusted one")
    try:
        trusted.verify(signature, canonical({key: value for key, value in body.items() if key != "signature"}))
    except InvalidSignature:
        return Fault(PLACE, "its signature does not fit: it was changed")
    return head


def make_key(path: Path) -> str:
    """Write a new private key (PEM, readable by its owner only) and beside it its public key (``.pub``, base64).

    Gives the public key. Raises ``ConfigurationError`` where a file is there already or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    public = public_text(key.public_key())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for target, content in ((path, secret), (path.with_name(f"{path.name}.pub"), f"{public}\n".encode())):
        try:
            with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                out.write(content)
        except OSError as error:
            raise ConfigurationError(f"{target.name} cannot be written: {error.strerror}; name another file") from error
    return public


def load_private(path: Path) -> Ed25519PrivateKey:
    """The private key in a PEM file. Raises ``ConfigurationError`` for what is none, or is locked by a password."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise ConfigurationError(f"the key {path.name} cannot be read: {error.strerror}; check the path") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):  # not chained: the text may quote the key
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(
            f"{path.name} is no Ed25519 private key in PEM without a password; make one with `chartstream audit keygen`"
        )
    return key


def trusted_key(text: str, source: str) -> Ed25519PublicKey:
    """A public key from its 32 bytes in base64. Raises ``ConfigurationError`` that names ``source``."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except ValueError as error:
        raise ConfigurationError(f"{source} is no Ed25519 public key: give its 32 bytes in base64") from error


def public_text(key: Ed25519PublicKey) -> str:
    """The 32 bytes of a public key, in base64."""
    return base64.b64encode(key.public_bytes_raw()).decode()
