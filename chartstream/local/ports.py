"""TCP ports of this machine's loopback address."""

from __future__ import annotations

import random
import socket

from chartstream.errors import ConfigurationError

# Below the kernel's ephemeral range (32768 and up on Linux): while a server there is away, a client that keeps
# connecting can be given the very port it calls as its own, connects to itself, and blocks the server's return.
_CHOICE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:``port`` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT is no obstacle
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port(*, but: frozenset[int] = frozenset()) -> int:
    """A port that nothing listens on now and that is not among ``but``."""
    for _ in range(200):
        port = random.choice(_CHOICE)  # noqa: S311 - no secret
        if port not in but and is_free(port):
            return port
    raise ConfigurationError(f"no free port found between {_CHOICE.start} and {_CHOICE.stop}; stop what holds them")


def require_free(port: int, server: str, remedy: str) -> None:
    """Raise ``ConfigurationError`` if something listens on the port already."""
    if not is_free(port):
        raise ConfigurationError(f"port {port}: something else listens there, so {server} cannot; {remedy}")
