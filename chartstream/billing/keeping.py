"""Files of an export are written and recorded in the ledger, in that order.

A file whose number the ledger does not know was left behind by a process that ended in between: the next run gives the
number again and writes over it. So no number goes out twice with other claims once the run that used it has ended well.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from chartstream.billing.exporting import Export, File, Format
from chartstream.billing.ledger import Ledger
from chartstream.errors import ConfigurationError
from chartstream.events.claims import ClaimCoded


def write(folder: Path, file: File) -> Path:
    """Write a file whole or not at all, readable by its owner only. Raises ``ConfigurationError``."""
    target, draft = folder / file.name, folder / f".{file.name}.part"
    try:
        with os.fdopen(
            os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8", newline=""
        ) as out:
            out.write(file.content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    except OSError as error:
        raise ConfigurationError(f"{target.name} cannot be written: {error.strerror}; make room for it") from error
    return target


def record(ledger: Ledger, form: Format, given: Sequence[ClaimCoded], export: Export, made_at: datetime) -> None:
    """Keep in the ledger what went out and what waits.

    Of a claim that waits all revisions that were not sent are kept: whether its original is among them decides what
    it will be sent as.
    """
    for file in export.files:
        ledger.record_file(file.control, form, file.name, made_at, [written.sent for written in file.claims])
    waiting = {held.claim.claim_id for held in export.held}
    for skipped in export.skipped:
        if skipped.claim.claim_id not in waiting:
            ledger.drop_held(form, skipped.claim.claim_id, skipped.claim.revision)
    for claim in given:
        if claim.claim_id in waiting:
            sent = ledger.last_sent(form, claim.claim_id)
            if sent is None or claim.revision > sent.revision.revision:
                ledger.hold(form, [claim])
