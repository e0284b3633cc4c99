"""The number under which a revision of a claim is known to payers: CLM01 of an 837, CLP01 of an 835.

Payers need to give back 20 characters at most (ASC X12N 005010X222A1 and 005010X223A2, note to CLM01), a ``claim_id``
has 32. So: the first 80 bits of the claim_id in Crockford's base 32 (16 characters, no I, L, O or U), then ``R`` and
the revision. Upper case, because some payers fold case. What is lost of the claim_id is found again in the ledger of
what was sent or among the claims themselves.
"""

from __future__ import annotations

import re

from chartstream.errors import Problem, Rejected

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = re.compile(r"([0-9A-HJKMNP-TV-Z]{16})R([1-9][0-9]{0,2})\Z")
_CLAIM_ID = re.compile(r"[0-9a-f]{32}\Z")
LAST_REVISION = 999


def control_number(claim_id: str, revision: int) -> str:
    """At most 20 characters for ``revision`` (1 to 999) of a claim.

    Raises ``Rejected`` for a claim_id that is not 32 hexadecimal digits and for a revision out of range.
    """
    if not _CLAIM_ID.match(claim_id) or not 1 <= revision <= LAST_REVISION:
        raise Rejected(
            Problem(
                "claim_not_numbered",
                f"the claim_id is not 32 hexadecimal digits, or its revision is not 1 to {LAST_REVISION}",
                "bill it by hand and look where the claim came from",
            )
        )
    left = int(claim_id[:20], 16)
    digits = []
    for _ in range(16):
        left, digit = divmod(left, 32)
        digits.append(_ALPHABET[digit])
    return f"{''.join(reversed(digits))}R{revision}"


def is_control_number(text: str) -> bool:
    """Whether a payer's CLP01 or TRN02 can be one of ours."""
    return _FORM.match(text) is not None
