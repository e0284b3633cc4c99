"""HTTP to engines that run elsewhere: what is worth another try is tried again, at growing intervals, within limits.

Nothing of a document, no key and no address reaches a log line or an error text: an address may carry a signature.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from chartstream.errors import ChartstreamError, ConfigurationError, Problem, Rejected, Transient


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service is waited for, in seconds: for one answer, and between tries.

    ``attempts`` is how often one request is made at most; waits double from ``first_wait`` up to ``longest_wait``.
    """

    answer: float = 60.0
    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 20.0


class Deadline:
    """The end of what one page or note may take."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain, 0 at least."""
        return max(0.0, self._end - self._monotonic())


class RemoteService:
    """One service with its connections. Safe to use from several threads.

    ``headers`` go with every request to ``base_url``, and with none to any other address.
    """

    def __init__(
        self,
        title: str,
        base_url: str,
        headers: Mapping[str, str],
        patience: Patience,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # httpx notes every address that it asks at INFO, and addresses for uploads carry their own signature.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.title = title
        self.patience = patience
        self.sleep = sleep
        self._own = httpx.Client(base_url=base_url, headers=dict(headers))
        self._elsewhere = httpx.Client()

    def close(self) -> None:
        """Give up the connections."""
        self._own.close()
        self._elsewhere.close()

    def request(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> httpx.Response:
        """An answer of the service, below 500 and not 429. Raises ``Transient`` when there is none in time."""
        return self._tried(lambda t: self._own.request(method, path, json=json, params=params, timeout=t), deadline)

    def upload(self, url: str, content: bytes, deadline: Deadline) -> httpx.Response:
        """The answer to a PUT to an address that the service gave, without our key. Raises ``Transient``."""
        return self._tried(lambda t: self._elsewhere.put(url, content=content, timeout=t), deadline)

    def _tried(self, send: Callable[[float], httpx.Response], deadline: Deadline) -> httpx.Response:
        wait = 0.0
        reason = "no time was left"
        for attempt in range(self.patience.attempts):
            if attempt:
                if wait >= deadline.left():
                    break
                self.sleep(wait)
            try:
                response = send(max(0.1, min(self.patience.answer, deadline.left())))
            except httpx.InvalidURL:
                raise ConfigurationError(f"{self.title}: its address is no URL; correct it") from None
            except httpx.UnsupportedProtocol:
                raise ConfigurationError(f"{self.title}: its address needs http:// or https://") from None
            except httpx.RequestError as error:
                reason = type(error).__name__
                wait = self._wait(attempt)
                continue
            if response.status_code != httpx.codes.TOO_MANY_REQUESTS and response.status_code < 500:
                return response
            reason = f"HTTP {response.status_code}"
            wait = max(self._wait(attempt), _asked_to_wait(response))
        raise Transient(f"{self.title} did not answer usefully: {reason}; it is tried again")

    def _wait(self, attempt: int) -> float:
        return min(self.patience.first_wait * 2.0**attempt, self.patience.longest_wait)


def refusal(title: str, status: int, code: str = "", subject: str = "page") -> ChartstreamError:
    """The error that stands for an answer of the 300s or 400s; ``code`` is the service's own name for it.

    Keys and addresses are the operator's matter, an empty account may be filled again; the rest is this ``subject``.
    """
    said = f"HTTP {status}" + (f" ({code})" if code else "")
    if status in {401, 403}:
        return ConfigurationError(f"{title} refused the key: {said}; set a valid one")
    if status in {404, 405} or status < 400:
        return ConfigurationError(f"{title} knows no such address or model: {said}; check both")
    if status == httpx.codes.PAYMENT_REQUIRED:
        return Transient(f"{title} has no credits left: {said}; top up the account")
    if status in {408, 409, 425}:
        return Transient(f"{title} was not ready: {said}; it is tried again")
    remedy = "leave it to another engine, or send it anew"
    return Rejected(Problem(f"{subject}_refused", f"{title} refused a {subject}: {said}", remedy))


def _asked_to_wait(response: httpx.Response) -> float:
    given = response.headers.get("Retry-After", "")
    return float(given) if given.isdecimal() else 0.0
