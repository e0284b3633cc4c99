"""Files as payers send them, for our claims: made of segments, with an envelope that agrees."""

from __future__ import annotations

from collections.abc import Sequence


def interchange(kind: str, guide: str, segments: Sequence[str], functional: str, number: int = 7) -> bytes:
    """One interchange with one transaction."""
    header = [
        f"ISA*00*          *00*          *ZZ*EXAMPLEPLAN    *ZZ*NORTHCLINIC    *260320*0430*^*00501*{number:09}*0*T*:",
        f"GS*{functional}*EXAMPLEPLAN*NORTHCLINIC*20260320*0430*{number}*X*{guide}",
        f"ST*{kind}*0001*{guide}" if kind == "277" else f"ST*{kind}*0001",
    ]
    ends = [f"SE*{len(segments) + 2}*0001", f"GE*1*{number}", f"IEA*1*{number:09}"]
    return "".join(f"{segment}~\n" for segment in [*header, *segments, *ends]).encode()


HEAD_835 = (
    "BPR*I*0*C*NON************20260320",
    "TRN*1*REMIT-55*1990000017",
    "DTM*405*20260319",
    "N1*PR*EXAMPLE HEALTH PLAN*XV*EXHP1",
    "N3*1 PLAN PLAZA",
    "N4*WESTHAVEN*CT*06515",
    "PER*BL*PROVIDER LINE*TE*5550100200",
    "N1*PE*NORTH CLINIC*XX*1234567893",
    "LX*1",
)


def remittance(*claims: Sequence[str], tail: Sequence[str] = (), number: int = 7) -> bytes:
    """An 835 with claims, each a list of segments from its CLP on."""
    segments = [*HEAD_835, *(segment for claim in claims for segment in claim), *tail]
    return interchange("835", "005010X221A1", segments, "HP", number)


def paid_claim(control: str, status: str = "1", paid: str = "100.50", adjusted: str = "CO*45*25") -> list[str]:
    """A claim of one line over 125.50."""
    return [
        f"CLP*{control}*{status}*125.5*{paid}**12*ICN-{status}-9*11*1",
        "NM1*QC*1*QUILL*ADA****MI*XH-44-1021",
        f"SVC*HC:99213*125.5*{paid}**1",
        "DTM*472*20260302",
        f"CAS*{adjusted}",
        "REF*6R*1",
    ]


def acknowledgement(*claims: Sequence[str], before: Sequence[str] = ()) -> bytes:
    """A 277CA with claims, each a list of segments from its TRN on."""
    segments = [
        "BHT*0085*08*BATCH-1*20260304*0600*TH",
        "HL*1**20*1",
        "NM1*PR*2*EXAMPLE HEALTH PLAN*****PI*EXHP1",
        "TRN*1*SOURCE-1",
        "DTP*050*D8*20260304",
        "DTP*009*D8*20260304",
        "HL*2*1*21*1",
        "NM1*41*2*NORTH CLINIC*****46*NORTHCLINIC",
        "TRN*2*000000001",
        *(before or ("STC*A1:19:PR*20260304*WQ*125.5",)),
        "HL*3*2*19*1",
        "NM1*85*2*NORTH CLINIC*****XX*1234567893",
        "TRN*1*0",
        "STC*A1:19:PR**WQ*125.5",
    ]
    for number, claim in enumerate(claims, 4):
        segments += [f"HL*{number}*3*PT", "NM1*QC*1*QUILL*ADA****MI*XH-44-1021", *claim]
    return interchange("277", "005010X214", segments, "HN")


def acknowledged(control: str, status: str = "A2:20:PR", action: str = "WQ") -> list[str]:
    """A claim's answer."""
    return [f"TRN*2*{control}", f"STC*{status}*20260304*{action}*125.5", "REF*1K*ICN-1-9", "DTP*472*D8*20260302"]
