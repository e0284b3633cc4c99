"""835 and 277CA: outcomes of our claims, item by item; the way from a claim to its denial and back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chartstream.billing.answers.answer import Unread
from chartstream.billing.answers.outcomes import AnswerFormat, answers_in, by_number, matched
from chartstream.billing.answers.reasons import reasons
from chartstream.billing.control_number import control_number
from chartstream.billing.exporting import Format
from chartstream.billing.x12.checking import faults
from chartstream.errors import Rejected
from chartstream.events.claims import Adjustment, ClaimOutcome, OutcomeKind
from chartstream.events.codec import Codec
from tests.unit.billing.cases import CLAIM_ID, claim, exported, named
from tests.unit.billing.payers import acknowledged, acknowledgement, paid_claim, remittance
from tests.unit.builders import FixedClock

NUMBER = control_number(CLAIM_ID, 1)


def matches(content: bytes, form: AnswerFormat = AnswerFormat.AUTO) -> tuple[list[ClaimOutcome], list[Unread]]:
    answers, unread = answers_in(content, form)
    found, strangers = matched(answers, by_number([claim()]).get, FixedClock())
    return [each.outcome for each in found], [*unread, *strangers]


def only(content: bytes) -> ClaimOutcome:
    (outcome,), _ = matches(content)
    return outcome


def test_from_a_claim_to_its_denial() -> None:
    sent = named(exported(Format.X12_837P, claim()), "CLM")[0].split("*")[1]
    outcome = only(remittance([*paid_claim(sent, "4", "0", "CO*11*125.5"), "LQ*HE*M76"]))
    assert (outcome.claim_id, outcome.revision) == (CLAIM_ID, 1)
    assert outcome.outcome is OutcomeKind.DENIED
    assert outcome.coding_related is True
    assert outcome.adjustments == (
        Adjustment(group_code="CO", carc="11", rarcs=("M76",), amount=Decimal("125.5"), line=1),
    )
    assert outcome.head.encounter_id == claim().head.encounter_id
    assert outcome.head.caused_by == claim().head.event_id
    assert outcome.payer_id == "payer-a"
    assert outcome.received_at.isoformat() == "2026-03-20T04:30:00+00:00"
    assert Codec().decode(Codec().encode(outcome, "claims.outcomes"), ClaimOutcome) == outcome


@pytest.mark.parametrize("content", [remittance(paid_claim(NUMBER)), acknowledgement(acknowledged(NUMBER))])
def test_our_payers_files_are_accepted_by_pyx12(content: bytes) -> None:
    assert faults(content.decode()) == []


@pytest.mark.parametrize(
    ("status", "paid", "adjusted", "outcome", "coding"),
    [
        ("1", "100.5", "CO*45*25", OutcomeKind.PAID, False),
        ("1", "0", "PR*1*125.5", OutcomeKind.PAID, False),
        ("1", "0", "CO*97*125.5", OutcomeKind.DENIED, True),
        ("19", "100.5", "CO*45*25", OutcomeKind.PAID, False),
        ("4", "0", "CO*29*125.5", OutcomeKind.DENIED, False),
        ("4", "0", "CO*16*125.5", OutcomeKind.DENIED, None),
        ("22", "-100.5", "CO*45*-25", OutcomeKind.CORRECTED, False),
        ("23", "0", "OA*18*125.5", OutcomeKind.OTHER, False),
        ("1", "25.5", "CO*236*100", OutcomeKind.PAID, True),
    ],
)
def test_outcome_by_status_payment_and_reason(
    status: str, paid: str, adjusted: str, outcome: OutcomeKind, coding: bool | None
) -> None:
    found = only(remittance(paid_claim(NUMBER, status, paid, adjusted)))
    assert (found.outcome, found.coding_related, found.paid_amount) == (outcome, coding, Decimal(paid))


def test_nothing_paid_but_left_to_the_patient_is_paid() -> None:
    segments = paid_claim(NUMBER, "1", "0", "PR*1*125.5")
    segments[0] = segments[0].replace("*125.5*0**", "*125.5*0*125.5*")
    assert only(remittance(segments)).outcome is OutcomeKind.PAID


def test_adjustments_of_claim_and_lines_are_told_apart_with_their_remarks() -> None:
    segments = [
        f"CLP*{NUMBER}*4*200*0**12*ICN-4-9*11*1",
        "CAS*CO*16*50**96*20",
        "NM1*QC*1*QUILL*ADA",
        "MOA***MA63*N30",
        "SVC*HC:99213*100*0**1",
        "CAS*PI*4*100",
        "REF*6R*2",
        "LQ*HE*N822",
        "LQ*RX*70",
        "SVC*HC:93000*100*70**1",
        "CAS*CO*45*20*1*253*10*1",
    ]
    outcome = only(remittance(segments))
    told = [(a.group_code, a.carc, a.rarcs, a.amount, a.line) for a in outcome.adjustments]
    remarks = ("MA63", "N30")
    assert told == [
        ("CO", "16", remarks, Decimal(50), None),
        ("CO", "96", remarks, Decimal(20), None),
        ("PI", "4", ("N822",), Decimal(100), 2),
        ("CO", "45", (), Decimal(20), None),
        ("CO", "253", (), Decimal(10), None),
    ]


def test_inpatient_remarks_say_what_a_16_means() -> None:
    segments = [
        f"CLP*{NUMBER}*4*200*0**MA*ICN*11*1",
        "CAS*CO*16*200",
        "NM1*QC*1*QUILL*ADA",
        f"MIA*0****N434{'*' * 15}M1",
    ]
    assert only(remittance(segments)).coding_related is True


def test_items_that_do_not_hold_are_reported_one_by_one() -> None:
    content = remittance(
        paid_claim(NUMBER, paid="lots"),
        paid_claim("04HMASW9NF6YY093R2"),
        paid_claim("PT-1021"),
        paid_claim(NUMBER, "77"),
        paid_claim(NUMBER, adjusted="XX*45*25"),
        paid_claim(NUMBER, adjusted="CO*45*NaN"),
        paid_claim(NUMBER, adjusted="CO*45*10"),
        tail=["PLB*1234567893*20261231*WO:1*12.5"],
    )
    outcomes, items = matches(content)
    assert [outcome.outcome for outcome in outcomes] == [OutcomeKind.PAID]
    assert [(item.place, item.failed) for item in items] == [
        ("835 0001, claim 1", True),
        ("835 0001, claim 4", True),
        ("835 0001, claim 5", True),
        ("835 0001, claim 6", True),
        ("835 0001, claim 7", False),
        ("835 0001", False),
        ("835 0001, claim 2", True),
        ("835 0001, claim 3", True),
    ]
    assert not any("QUILL" in item.reason or "PT-1021" in item.reason for item in items)


def test_the_same_answers_have_the_same_ids_in_another_envelope_and_their_own_in_one_file() -> None:
    again, twice = remittance(paid_claim(NUMBER), number=8), remittance(paid_claim(NUMBER), paid_claim(NUMBER))
    first = only(remittance(paid_claim(NUMBER)))
    assert only(again).head.event_id == first.head.event_id
    outcomes, _ = matches(twice)
    assert outcomes[0].head.event_id == first.head.event_id
    assert outcomes[1].head.event_id != first.head.event_id
    assert only(remittance(paid_claim(NUMBER, "4", "0", "CO*11*125.5"))).head.event_id != first.head.event_id


def test_a_number_in_lower_case_is_still_ours() -> None:
    assert only(remittance(paid_claim(NUMBER.lower()))).claim_id == CLAIM_ID


@pytest.mark.parametrize(
    ("status", "action", "outcome", "coding"),
    [
        ("A2:20:PR", "WQ", OutcomeKind.ACCEPTED, None),
        ("A1:19:PR", "WQ", OutcomeKind.ACCEPTED, None),
        ("A7:255", "U", OutcomeKind.REJECTED, True),
        ("A6:453", "U", OutcomeKind.REJECTED, True),
        ("A3:125:QC", "U", OutcomeKind.REJECTED, False),
        ("A8:478", "WQ", OutcomeKind.REJECTED, False),
        ("A4:35", "", OutcomeKind.OTHER, None),
    ],
)
def test_acknowledgements(status: str, action: str, outcome: OutcomeKind, coding: bool | None) -> None:
    found = only(acknowledgement(acknowledged(NUMBER, status, action)))
    assert (found.outcome, found.coding_related, found.claim_id) == (outcome, coding, CLAIM_ID)


def test_a_second_status_and_that_of_a_line_count() -> None:
    of_line = [*acknowledged(NUMBER), "SVC*HC:99213*125.5*0**1", "STC*A7:477*20260304*U*******A8:454"]
    found = only(acknowledgement(of_line))
    assert (found.outcome, found.coding_related) == (OutcomeKind.REJECTED, True)


def test_a_batch_that_was_rejected_whole_is_said() -> None:
    outcomes, items = matches(acknowledgement(before=["STC*A3:24:41*20260304*U*125.5"]))
    assert outcomes == []
    assert "everything that was sent was rejected" in items[0].reason


def test_a_claim_without_status_is_reported() -> None:
    _, items = matches(acknowledgement([f"TRN*2*{NUMBER}"]))
    assert "no status" in items[0].reason


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"not X12 at all",
        remittance(paid_claim(NUMBER))[:400],
        remittance(paid_claim(NUMBER)).replace(b"IEA*1*000000007", b"IEA*1*000000008"),
        remittance(paid_claim(NUMBER)).replace(b"GE*1*7", b"GE*2*7"),
        remittance(paid_claim(NUMBER)).replace(b"SE*", b"SE*1"),
        remittance(paid_claim(NUMBER)).replace(b"~\nST*835", b"~\nCLP*1~\nST*835"),
        remittance(paid_claim(NUMBER)).replace(b"20260320*0430*7", b"20261320*0430*7"),
        remittance(paid_claim(NUMBER)).replace(b"*00501*", b"*00501"),
        remittance(paid_claim(NUMBER)).replace(b"*T*:~", b"*T**~"),
        remittance(paid_claim(NUMBER)).replace(b"ST*835*0001~\n", b"ST*835*0001~\nST*835*0002~\n"),
    ],
    ids=["empty", "text", "cut off", "IEA", "GE", "SE", "between", "date", "ISA", "delimiters", "ST in ST"],
)
def test_a_broken_envelope_is_refused_whole(broken: bytes) -> None:
    with pytest.raises(Rejected, match="x12_envelope"):
        answers_in(broken)


def test_several_interchanges_and_other_delimiters_are_read() -> None:
    text = remittance(paid_claim(NUMBER)).decode()
    other = text.replace("~\n", "\x1c").replace("*", "|").replace(":", ">")
    outcomes, items = matches(f"{text}\r\n{other}".encode())
    assert [outcome.outcome for outcome in outcomes] == [OutcomeKind.PAID] * 2
    assert items == []
    assert outcomes[0].head.event_id == outcomes[1].head.event_id


def test_a_file_of_another_format_is_refused_where_one_was_named() -> None:
    with pytest.raises(Rejected, match="answer_format"):
        answers_in(remittance(paid_claim(NUMBER)), AnswerFormat.ACKNOWLEDGEMENT)


def test_a_transaction_of_another_kind_is_passed_over_and_said() -> None:
    content = remittance(paid_claim(NUMBER)).replace(b"ST*835*", b"ST*999*")
    answers, unread = answers_in(content)
    assert answers == []
    assert "neither an 835 nor a 277CA" in unread[0].reason


def test_every_reason_has_a_code_of_its_list_and_a_meaning() -> None:
    listed = reasons()
    assert {
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
        "11",
        "50",
        "97",
        "146",
        "167",
        "181",
        "182",
        "199",
        "234",
        "236",
    } <= set(listed.carcs)
    assert "16" in listed.carcs_by_remark
    assert not listed.carcs_by_remark & listed.carcs.keys()
    for codes in (listed.carcs, listed.rarcs, listed.statuses):
        assert all((code.isalnum() and code.isupper()) or code.isdigit() for code in codes)
        assert all(meaning.strip() for meaning in codes.values())
