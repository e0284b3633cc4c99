"""A FHIR R4 DocumentReference whose attachment is a PDF."""

from __future__ import annotations

import base64
import json

from rendering import pdf


def document_reference(text: str) -> bytes:
    """Current and final, the PDF inside as base64."""
    resource = {
        "resourceType": "DocumentReference",
        "id": "docref-71204",
        "status": "current",
        "docStatus": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11488-4", "display": "Consult note"}]},
        "subject": {"reference": "Patient/610288"},
        "date": "2026-04-21T15:02:00Z",
        "author": [{"reference": "Practitioner/prv-adeyemi"}],
        "content": [
            {
                "attachment": {
                    "contentType": "application/pdf",
                    "data": base64.b64encode(pdf.render(text)).decode("ascii"),
                    "title": "Consultation",
                }
            }
        ],
    }
    return json.dumps(resource, indent=1).encode("utf-8")
