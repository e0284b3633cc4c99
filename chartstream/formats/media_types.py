"""The media types of documents, as intake finds them by content and extraction is told them."""

from __future__ import annotations

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
RTF = "application/rtf"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
TEXT = "text/plain"
HL7 = "application/hl7-v2"
CDA = "application/hl7-cda+xml"
FHIR = "application/fhir+json"

READABLE = "PDF, DOCX, DOC, RTF, PNG, JPEG, TIFF, plain text, HL7 v2, CDA or FHIR DocumentReference"
"""What may be sent, in the words of a remedy."""
