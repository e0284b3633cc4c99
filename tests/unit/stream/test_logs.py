from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from chartstream.stream import logs


@pytest.fixture(autouse=True)
def _root_logger_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_one_json_object_with_what_was_passed(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info")

    logging.getLogger("chartstream.test").info("dead letter", extra={"partition": 3, "kind": ValueError})
    logging.getLogger("chartstream.test").debug("not asked for")

    (line,) = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "level": "info",
        "logger": "chartstream.test",
        "message": "dead letter",
        "partition": 3,
        "kind": "<class 'ValueError'>",
    }


def test_an_exception_is_logged_by_class_and_place_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")

    try:
        int("Ottilie Fennimore has essential hypertension")
    except ValueError:
        logging.getLogger("chartstream.test").exception("stage failed")

    err = capsys.readouterr().err
    entry = json.loads(err)
    assert entry["error_class"] == "ValueError"
    assert "test_logs.py" in entry["traceback"][-1]
    assert "Fennimore" not in err
