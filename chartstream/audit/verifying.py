"""Whether a bundle is the one that was signed, and if not, the first thing that does not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chartstream.audit.chain import Entry, Fault, read_chain
from chartstream.audit.packing import CHAIN, HEAD
from chartstream.audit.signing import PLACE, Head, read_head


def verify(files: Mapping[str, bytes], trusted: Ed25519PublicKey) -> Head | Fault:
    """The head of a bundle of which all fits: signature, every entry in its place, every file as it was."""
    if HEAD not in files:
        return Fault(PLACE, f"{HEAD} is missing")
    head = read_head(files[HEAD], trusted)
    if isinstance(head, Fault):
        return head
    entries = read_chain(files.get(CHAIN, b""), head.entries, head.last)
    if isinstance(entries, Fault):
        return entries
    return _file_fault(entries, files) or head


def _file_fault(entries: Sequence[Entry], files: Mapping[str, bytes]) -> Fault | None:
    named = {HEAD, CHAIN}
    for entry in entries:
        if entry.kind != "file":
            continue
        name, place = str(entry.content["name"]), f"entry {entry.number} (file)"
        if name not in files:
            return Fault(place, f"{name} is missing")
        if hashlib.sha256(files[name]).hexdigest() != entry.content["sha256"]:
            return Fault(place, f"{name} has not the hash that the entry names: it was changed")
        named.add(name)
    added = sorted(set(files) - named)
    # Its name is not repeated: whoever put it there chose it.
    return Fault("the files", f"{len(added)} are named by no entry: they were added") if added else None
