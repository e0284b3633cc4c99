"""What is added to the notes by lot: tables of measurements, remarks by hand, addresses, stamps."""

from __future__ import annotations

from random import Random

from benchmarks.reading.note import Block, Heading, Rows

STREETS = ("Orchard Lane", "Quarry Road", "Seaview Avenue", "Millrace Street", "Old Depot Road", "Tannery Court")
TOWNS = ("Fairhaven, ME 04102", "Larkspur, OH 44870", "Dunmore, PA 18512", "Eastbrook, VT 05301", "Pinecrest, NM 87544")

REMARKS = (
    "discussed with her daughter by phone",
    "recheck potassium in 1 week",
    "BP 142/84 repeated, left arm",
    "bring all pill bottles next time",
    "patient prefers morning visits",
    "weight 71.2 kg this morning",
    "call back before Friday",
    "copy to family doctor",
    "old records requested",
    "wants second opinion",
    "see scanned ECG",
    "follow up in 2 weeks",
)

STAMPS = ("RECEIVED", "SCANNED", "COPY", "FILED", "REVIEWED")
DESKS = ("MEDICAL RECORDS", "FRONT DESK", "HEALTH INFORMATION")

_DRUGS = (
    ("Lisinopril", "20 mg", "daily"),
    ("Metoprolol succinate", "50 mg", "daily"),
    ("Apixaban", "5 mg", "twice daily"),
    ("Levothyroxine", "88 mcg", "daily before breakfast"),
    ("Omeprazole", "20 mg", "daily"),
    ("Gabapentin", "300 mg", "three times daily"),
    ("Insulin glargine", "24 units", "at night"),
    ("Prednisone", "7.5 mg", "daily"),
    ("Albuterol", "90 mcg/puff", "2 puffs as needed"),
    ("Warfarin", "2.5 mg", "every evening"),
    ("Cholecalciferol", "1,000 IU", "daily"),
    ("Sertraline", "50 mg", "every morning"),
    ("Potassium chloride", "20 mEq", "twice daily"),
    ("Methotrexate", "12.5 mg", "once weekly"),
)

_TESTS = (
    ("Sodium", 132, 146, 0, "mmol/L", "135-145"),
    ("Potassium", 3.2, 5.4, 1, "mmol/L", "3.5-5.1"),
    ("Chloride", 97, 109, 0, "mmol/L", "98-107"),
    ("Creatinine", 0.58, 2.41, 2, "mg/dL", "0.50-1.10"),
    ("Urea nitrogen", 9, 41, 0, "mg/dL", "7-20"),
    ("Glucose", 74, 212, 0, "mg/dL", "70-99"),
    ("Calcium", 8.3, 10.4, 1, "mg/dL", "8.6-10.2"),
    ("Hemoglobin", 9.1, 15.8, 1, "g/dL", "12.0-15.5"),
    ("White cells", 3.9, 13.6, 1, "10^9/L", "4.0-11.0"),
    ("Platelets", 121, 402, 0, "10^9/L", "150-400"),
    ("ALT", 11, 84, 0, "U/L", "7-56"),
    ("Albumin", 3.1, 4.7, 1, "g/dL", "3.5-5.0"),
    ("TSH", 0.31, 6.12, 2, "mIU/L", "0.40-4.50"),
    ("C-reactive protein", 0.4, 48.0, 1, "mg/L", "below 5.0"),
    ("Ferritin", 12, 380, 0, "ng/mL", "30-400"),
)


def tables(draw: Random) -> list[Block]:
    """One or two tables, each with its heading."""
    made = [
        (Heading("VITAL SIGNS FLOWSHEET"), _vitals(draw)),
        (Heading("RECONCILED MEDICATION LIST"), _medicines(draw)),
        (Heading("LABORATORY DATA"), _laboratory(draw)),
    ]
    return [block for pair in draw.sample(made, draw.choice((1, 2, 2))) for block in pair]


def _vitals(draw: Random) -> Rows:
    rows = [("Time", "BP", "HR", "RR", "Temp", "SpO2", "Pain")]
    minutes = draw.randrange(7 * 60, 10 * 60, 5)
    for _ in range(draw.randrange(4, 9)):
        pressure = f"{draw.randrange(98, 168)}/{draw.randrange(52, 98)}"
        warmth = f"{draw.randrange(360, 389) / 10:.1f} C"
        others = (str(draw.randrange(54, 122)), str(draw.randrange(12, 26)), warmth, f"{draw.randrange(90, 100)}%")
        rows.append((f"{minutes // 60:02}:{minutes % 60:02}", pressure, *others, f"{draw.randrange(0, 9)}/10"))
        minutes += draw.choice((15, 30, 60))
    return Rows(tuple(rows))


def _medicines(draw: Random) -> Rows:
    chosen = draw.sample(_DRUGS, draw.randrange(4, 8))
    taken = [f"{draw.randrange(1, 10):02}/{draw.randrange(1, 29):02}/2026" for _ in chosen]
    rows = [(*drug, when) for drug, when in zip(chosen, taken, strict=True)]
    return Rows((("Drug", "Dose", "Frequency", "Last filled"), *rows))


def _laboratory(draw: Random) -> Rows:
    rows = [("Test", "Result", "Flag", "Unit", "Reference")]
    for name, low, high, places, unit, reference in draw.sample(_TESTS, draw.randrange(6, 12)):
        value = draw.uniform(low, high)
        rows.append((name, f"{value:.{places}f}", _flag(value, reference), unit, reference))
    return Rows(tuple(rows))


def _flag(value: float, reference: str) -> str:
    low, _, high = reference.removeprefix("below ").rpartition("-")
    if value > float(high):
        return "H"
    return "L" if low and value < float(low) else ""
