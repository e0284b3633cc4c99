"""What was exported, under which number, what still waits, what payers answered: one SQLite file beside the exports."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chartstream.errors import ConfigurationError
from chartstream.events.claims import ClaimCoded, OutcomeKind
from chartstream.events.codec import Codec

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    control INTEGER PRIMARY KEY, format TEXT NOT NULL, name TEXT NOT NULL, made_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sent (
    format TEXT NOT NULL, claim_id TEXT NOT NULL, revision INTEGER NOT NULL, control_number TEXT NOT NULL,
    frequency TEXT NOT NULL, control INTEGER NOT NULL REFERENCES files, revision_event BLOB NOT NULL,
    content_event BLOB NOT NULL, PRIMARY KEY (format, claim_id, revision)
) STRICT;
CREATE INDEX IF NOT EXISTS sent_by_number ON sent (control_number);
CREATE TABLE IF NOT EXISTS held (
    format TEXT NOT NULL, claim_id TEXT NOT NULL, revision INTEGER NOT NULL, event BLOB NOT NULL,
    PRIMARY KEY (format, claim_id, revision)
) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    event_id TEXT PRIMARY KEY, control_number TEXT NOT NULL, outcome TEXT NOT NULL, payer_claim_number TEXT,
    received_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS answers_by_number ON answers (control_number, received_at);
"""
_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A revision that went out. ``content`` is what stood on it: of a void, the revision that it voided."""

    revision: ClaimCoded
    content: ClaimCoded
    frequency: str
    control_number: str


@dataclass(frozen=True, slots=True)
class PayerAnswer:
    """The latest outcome told for a control number, and the payer's own number of the claim where one was told."""

    outcome: OutcomeKind
    payer_claim_number: str | None


class Ledger:
    """One per folder of exports; kept readable by its owner only, since claims name patients.

    Without a path it lies in memory and knows nothing of earlier runs.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Opens or makes it. Raises ``ConfigurationError`` where it cannot be written or is something else."""
        self._codec = Codec()
        name = path.name if path is not None else "the ledger"
        try:
            if path is not None:
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._database = sqlite3.connect(path or ":memory:", timeout=_WAIT_SECONDS, isolation_level=None)
            self._database.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(f"{name} cannot be used as a ledger ({error}); name another folder") from error

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes until the end; what was recorded is kept then, and nothing of it after an error.

        Raises ``ConfigurationError`` where another export holds the ledger.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise ConfigurationError("another export runs on this ledger; wait for its end") from error
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def last_control(self) -> int:
        """The highest interchange control number given so far, 0 before the first."""
        (value,) = self._database.execute("SELECT coalesce(max(control), 0) FROM files").fetchone()
        return int(value)

    def last_sent(self, form: str, claim_id: str) -> Sent | None:
        """The latest revision of a claim that went out in a format."""
        return self._sent(
            "SELECT revision_event, content_event, frequency, control_number FROM sent "
            "WHERE format = ? AND claim_id = ? ORDER BY revision DESC LIMIT 1",
            (form, claim_id),
        )

    def by_number(self, number: str) -> Sent | None:
        """The revision that went out under a control number, in whatever format."""
        return self._sent(
            "SELECT revision_event, content_event, frequency, control_number FROM sent WHERE control_number = ?",
            (number,),
        )

    def held(self, form: str) -> list[ClaimCoded]:
        """The revisions that wait in a format."""
        rows = self._database.execute(
            "SELECT event FROM held WHERE format = ? ORDER BY claim_id, revision", (form,)
        ).fetchall()
        return [self._codec.decode(value, ClaimCoded) for (value,) in rows]

    def answer(self, number: str) -> PayerAnswer | None:
        """What the payer told of a control number."""
        rows = self._database.execute(
            "SELECT outcome, payer_claim_number FROM answers WHERE control_number = ? "
            "ORDER BY received_at DESC, event_id",
            (number,),
        ).fetchall()
        if not rows:
            return None
        told = (payer_number for _, payer_number in rows if payer_number)
        return PayerAnswer(OutcomeKind(rows[0][0]), next(told, None))

    def record_file(self, control: int, form: str, name: str, made_at: datetime, sent: Sequence[Sent]) -> None:
        """A file went out with these revisions: they no longer wait, nor does any earlier one of theirs."""
        run = self._database.execute
        run("INSERT INTO files VALUES (?, ?, ?, ?)", (control, form, name, made_at.isoformat()))
        for each in sent:
            claim = each.revision
            events = (self._encoded(claim), self._encoded(each.content))
            row = (form, claim.claim_id, claim.revision, each.control_number, each.frequency, control, *events)
            run("INSERT INTO sent VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            self.drop_held(form, claim.claim_id, claim.revision)

    def hold(self, form: str, claims: Sequence[ClaimCoded]) -> None:
        """Keep revisions that cannot go out yet."""
        self._database.executemany(
            "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?)",
            [(form, claim.claim_id, claim.revision, self._encoded(claim)) for claim in claims],
        )

    def drop_held(self, form: str, claim_id: str, revision: int) -> None:
        """Revisions of a claim up to this one wait no longer."""
        self._database.execute(
            "DELETE FROM held WHERE format = ? AND claim_id = ? AND revision <= ?", (form, claim_id, revision)
        )

    def record_answer(
        self, event_id: str, number: str, outcome: OutcomeKind, payer_claim_number: str | None, received_at: datetime
    ) -> None:
        """What a payer told; told again, it stands here once."""
        self._database.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
            (event_id, number, outcome, payer_claim_number, received_at.isoformat()),
        )

    def _sent(self, query: str, values: tuple[str, ...]) -> Sent | None:
        row = self._database.execute(query, values).fetchone()
        if row is None:
            return None
        revision, content = (self._codec.decode(value, ClaimCoded) for value in row[:2])
        return Sent(revision, content, row[2], row[3])

    def _encoded(self, claim: ClaimCoded) -> bytes:
        return self._codec.encode(claim, "claims.coded")
