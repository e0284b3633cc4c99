"""A bundle put together: what was gathered as chained entries, the page, the signed head."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chartstream.audit.chain import Chain
from chartstream.audit.found import Found
from chartstream.audit.gathered import Gathered
from chartstream.audit.material import Kept, Quoted
from chartstream.audit.packing import CHAIN, HEAD, PAGE
from chartstream.audit.page import render
from chartstream.audit.signing import public_text, signed_head

NOTICE = "This bundle holds the notes of a patient. Give it only to whoever may see them."


def bundle(gathered: Gathered, made_at: datetime, key: Ed25519PrivateKey) -> dict[str, bytes]:
    """The files of a bundle by name."""
    page = render(gathered, made_at)
    files = {each.name: each.content for each in gathered.things if each.name and each.content is not None}
    chain = Chain()
    chain.add(
        "bundle",
        {
            "encounter_id": gathered.encounter_id,
            "made_at": made_at,
            "key": public_text(key.public_key()),
            "notice": NOTICE,
            "gaps": gathered.gaps(),
        },
    )
    for stretch in gathered.stretches:
        chain.add("read", asdict(stretch))
    for each in gathered.found:
        chain.add("event", _event(each))
    for thing in gathered.things:
        chain.add("file" if thing.name is not None else "missing", _thing(thing))
    for quote in gathered.quotes:
        chain.add("quote", _quote(quote))
    files[PAGE] = page.encode()
    chain.add("file", {"what": "page", "name": PAGE, **_sums(files[PAGE])})
    files[CHAIN] = chain.content()
    files[HEAD] = signed_head(gathered.encounter_id, len(chain), chain.last, made_at, key)
    return files


def _event(each: Found) -> dict[str, object]:
    return {
        "topic": each.topic,
        "partition": each.partition,
        "offset": each.offset,
        "written_at": each.written_at,
        "value_sha256": each.value_sha256,
        "type": type(each.event).__name__ if each.event is not None else None,
        "event": each.event.model_dump() if each.event is not None else None,
        "unreadable": each.unreadable,
        "value": each.value,
    }


def _thing(each: Kept) -> dict[str, object]:
    said = {"what": each.what, "document_id": each.document_id, "claim_check": each.check.model_dump()}
    if each.name is None or each.content is None:
        return {**said, "problem": each.problem}
    return {**said, "name": each.name, **_sums(each.content)}


def _quote(each: Quoted) -> dict[str, object]:
    return {
        "event_id": each.event_id,
        "code": each.code,
        "text_sha256": each.text_sha256,
        "evidence": each.evidence.model_dump(),
        "text": each.text,
        "problem": each.problem,
    }


def _sums(content: bytes) -> dict[str, object]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
