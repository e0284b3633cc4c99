"""What a certificate names of the edits: any other set of rules was not measured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files

from chartstream.events.head import Component
from chartstream.validation.registry import Edit


def component(edits: Sequence[Edit]) -> Component:
    """Name, version and hash of the edits: their names, what stands beside them, and the data they rest on."""
    digest = hashlib.sha256(json.dumps([_described(edit) for edit in edits], sort_keys=True).encode())
    for file in sorted((files("chartstream.validation") / "data").iterdir(), key=lambda file: file.name):
        digest.update(file.name.encode() + file.read_bytes())
    return Component(name="edits", version=version("chartstream"), sha256=digest.hexdigest())


def _described(edit: Edit) -> list[str]:
    claim_types = ",".join(sorted(edit.claim_types))
    return [edit.name, edit.severity, edit.source, edit.remedy, f"{edit.since}", f"{edit.until}", claim_types]
