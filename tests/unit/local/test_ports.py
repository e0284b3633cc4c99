from __future__ import annotations

import socket

import pytest

from chartstream.errors import ConfigurationError
from chartstream.local.ports import free_port, is_free, require_free


def test_a_free_port_can_be_listened_on_and_then_is_taken() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
        with pytest.raises(ConfigurationError, match=rf"^port {port}: .*Kafka.*; choose another$"):
            require_free(port, "Kafka", "choose another")
    require_free(port, "Kafka", "choose another")


def test_free_ports_are_below_the_range_that_clients_call_from() -> None:
    assert all(1024 < free_port() < 32_768 for _ in range(20))
