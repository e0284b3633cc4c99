from __future__ import annotations

import pytest

from chartstream.errors import ConfigurationError, Transient, Undecodable, UnknownSchema
from chartstream.stream.record import InputRecord
from chartstream.stream.work import Failure, FailureKind, Result, attempt

RECORD = InputRecord("source", 0, 0, -1, b"key", b"Ottilie Fennimore, essential hypertension", [])


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Transient("the store is away"), FailureKind.TRANSIENT),
        (UnknownSchema("fingerprint ab"), FailureKind.UNKNOWN_SCHEMA),
        (Undecodable("no event"), FailureKind.UNDECODABLE),
    ],
)
def test_what_is_raised_on_purpose_keeps_its_text(error: Exception, kind: FailureKind) -> None:
    def work(record: InputRecord, memory: bytes | None) -> Result:
        raise error

    assert attempt(work, RECORD, None) == Failure(kind, type(error).__name__, str(error))


def test_a_faulty_set_up_is_no_records_fault() -> None:
    def work(record: InputRecord, memory: bytes | None) -> Result:
        raise ConfigurationError("the OCR weights are missing; install them")

    with pytest.raises(ConfigurationError):
        attempt(work, RECORD, None)


@pytest.mark.parametrize("kind", [ValueError, KeyError, RecursionError, MemoryError])
def test_a_defect_tells_its_class_and_place_and_no_word_of_the_note(kind: type[Exception]) -> None:
    def work(record: InputRecord, memory: bytes | None) -> Result:
        raise kind((record.value or b"").decode())

    failure = attempt(work, RECORD, None)

    assert isinstance(failure, Failure)
    assert (failure.kind, failure.error_class) == (FailureKind.DEFECT, kind.__name__)
    assert "test_work.py" in failure.reason
    assert "Fennimore" not in failure.reason
    assert "/" not in failure.reason, "where the package lies is nobody's business"
