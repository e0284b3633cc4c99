"""Coverage from an HL7 v2 message: PID and its first IN1 (HL7 v2.5.1, chapter 6, IN1 and tables 0001, 0063)."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.billing.coverage.model import SELF, Coverage, Insured, PostalAddress
from chartstream.formats.hl7_time import day
from chartstream.formats.hl7v2 import Message, Segment, parse, texts_of_messages

# Table 0063 as HL7 suggests it; many senders put X12's own codes there instead.
_RELATIONSHIPS = {
    "SEL": SELF, "SELF": SELF, "SPO": "01", "CHD": "19", "FCH": "19", "NCH": "19", "SCH": "19", "EMP": "20",
    "UNK": "21", "DOM": "53", "OTH": "G8", "PAR": "G8", "MTH": "G8", "FTH": "G8", "SIB": "G8", "GRD": "G8", "WRD": "G8",
    "EXF": "G8", "EME": "G8", "ASC": "G8",
    "18": SELF, "01": "01", "19": "19", "20": "20", "21": "21", "39": "39", "40": "40", "53": "53", "G8": "G8",
}  # fmt: skip
_SEX = {"F": "F", "M": "M", "U": "U", "O": "U", "A": "U", "N": "U"}


def coverage_of_hl7(content: bytes) -> Coverage:
    """The first message's patient and primary insurance. Raises ``Rejected`` for what is no HL7 v2 message."""
    message = parse(texts_of_messages(content)[0])
    patient = _person(next(message.named("PID"), None), name=5, birth=7, sex=8, address=11)
    insurance = _primary(message)
    if insurance is None:
        return Coverage(patient=patient)
    relationship = _RELATIONSHIPS.get(insurance.text(17).upper(), "")
    insured = _person(insurance, name=16, birth=18, sex=43, address=19)
    return Coverage(
        patient=patient,
        subscriber=patient if relationship == SELF and patient is not None else insured,
        relationship=relationship,
        member_id=insurance.text(49) or insurance.text(36),
        group_number=insurance.text(8),
        group_name=insurance.text(9),
        payer_name=insurance.text(4),
        payer_id=insurance.text(3),
    )


def _primary(message: Message) -> Segment | None:
    insurances = list(message.named("IN1"))
    return min(insurances, key=lambda each: each.text(1) != "1") if insurances else None


def _person(segment: Segment | None, *, name: int, birth: int, sex: int, address: int) -> Insured | None:
    if segment is None:
        return None
    return Insured(
        last_name=segment.text(name, 1),
        first_name=segment.text(name, 2),
        middle_name=segment.text(name, 3),
        birth_date=day(segment.text(birth)),
        sex=_SEX.get(segment.text(sex).upper(), ""),
        address=PostalAddress(
            lines=tuple(_present(segment.text(address, 1), segment.text(address, 2))),
            city=segment.text(address, 3),
            state=segment.text(address, 4).upper(),
            postal_code=segment.text(address, 5),
        ),
    )


def _present(*texts: str) -> Iterator[str]:
    return (text for text in texts if text)
