from __future__ import annotations

import pytest

from chartstream.coding import CodingEngine


@pytest.fixture(scope="session")
def engine() -> CodingEngine:
    return CodingEngine.load()
