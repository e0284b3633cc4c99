"""One small valid file of every format that is no page: what the fuzzer begins with."""

from __future__ import annotations

from tests.unit.formats.compound_file import word_file
from tests.unit.formats.notes import (
    RTF,
    as_json,
    attachment,
    bundle,
    cda_attachment,
    cda_document,
    document_reference,
    fhir_attachment,
    hl7_message,
    text_observation,
)

_NOTE = b"Assessment: acute bronchitis."
_RESULTS = "OBR|1||F-1|24323-8^Metabolic panel|||20260302080000|||||||||||||||20260302090000|||F"


def seeds() -> dict[str, bytes]:
    """Name to content: RTF, DOC, HL7 v2 (a note, results, a batch in an MLLP frame), CDA and FHIR, with attachments."""
    message = hl7_message([text_observation(r"Assessment\.br\Acute bronchitis, 5 \T\ 7 days.")])
    result = "NM|2823-3^Potassium||3.1|mmol/L|3.5-5.1|L|||F"
    word = word_file("ASSESSMENT\rAcute bronchitis.\rPotassium\x073.1\x07\x07", header="MRN 4711", pieces=3)
    return {
        "rtf": RTF,
        "doc": word,
        "hl7-note": message,
        "hl7-results": hl7_message([result, attachment(RTF, "text^rtf")], event="ORU^R01", document=_RESULTS),
        "hl7-batch": b"\x0bFHS|^~\\&|EHR\rBHS|^~\\&|EHR\r" + message * 2 + b"BTS|2\rFTS|1\r\x1c\r",
        "cda": cda_document(),
        "cda-attachment": cda_document(cda_attachment(RTF, "text/rtf")),
        "fhir": as_json(document_reference(fhir_attachment(_NOTE, "text/plain"))),
        "fhir-bundle": as_json(bundle(document_reference(fhir_attachment(word, "application/msword")))),
    }
