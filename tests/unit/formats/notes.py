"""Messages and structured documents about invented patients, complete but for what a test is about."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

VISIT = "PV1|1|O" + "|" * 5 + "prv-1^Oduya^Ines" + "|" * 37 + "20260301"
"""An outpatient's; attending PV1-7, time of admission PV1-44."""

RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset204 Times;}}"
    rb"{\*\generator Notewriter;}{\header\pard MRN: 4711\par}{\footer Page 1\par}"
    rb"\pard\b ASSESSMENT\b0\par Acute bronchitis, fever 38.4\'b0C\u8217?s work.\line Cough since {\b Monday}.\par"
    rb"{\listtext\'B7\tab}Fluids\par"
    rb"\trowd\cellx100\cellx200\intbl Potassium\cell 3.1 mmol/L\cell\row"
    rb"\pard {\v never shown}{\field{\*\fldinst HYPERLINK x}{\fldrslt Plan}} of care\par}"
)


def hl7_message(
    observations: Sequence[str],
    *,
    event: str = "MDM^T02^MDM_T02",
    document: str = "TXA|1|DS^Discharge summary|FT|20260302103000|prv-1||||prv-1^Oduya^Ines|||DOC-1|||||LA||AV",
    patient: str = "PID|1||4711^^^NORTH^MR||Marsh^Helena^R||19610504|F",
    visit: str = VISIT,
    others: Sequence[str] = (),
) -> bytes:
    """A message whose OBX segments are given without their name; empty segments are left out."""
    segments = [
        rf"MSH|^~\&|EHR|NORTH|CODING|NORTH|20260302110000||{event}|MSG-1|P|2.5.1",
        patient,
        visit,
        document,
        *others,
        *(f"OBX|{number}|{fields}" for number, fields in enumerate(observations, 1)),
    ]
    return ("\r".join(segment for segment in segments if segment) + "\r").encode()


def text_observation(text: str, status: str = "F") -> str:
    return f"FT|11506-3^Progress note||{text}||||||{status}"


def attachment(content: bytes, kind: str = "application^pdf", status: str = "F") -> str:
    return f"ED|PDF^Document||EHR^{kind}^Base64^{base64.b64encode(content).decode()}||||||{status}"


CDA_BODY = """<component><structuredBody>
 <component><section><code code="10164-2"/><title>History of Present Illness</title>
  <text><paragraph>Cough for <content styleCode="Bold">four</content> days.<br/>No fever.</paragraph></text>
 </section></component>
 <component><section><code code="51847-2"/><text><list><item>Acute bronchitis</item><item>Essential hypertension</item>
  </list><content revised="delete">Pneumonia</content></text>
  <component><section><title>Labs</title><text><table><thead><tr><th>Test</th><th>Value</th></tr></thead>
   <tbody><tr><td>Potassium</td><td>3.1<br/>mmol/L</td></tr></tbody></table></text></section></component>
 </section></component>
</structuredBody></component>"""


def cda_document(body: str = CDA_BODY, *, header: str = "", signature: str = "S") -> bytes:
    """A CDA document; ``header`` goes before the record target, ``signature`` is its authenticator's code or empty."""
    signer = f"""<legalAuthenticator><time value="20260302"/><signatureCode code="{signature}"/><assignedEntity>
 <assignedPerson><name><given>Ines</given><family>Oduya</family></name></assignedPerson></assignedEntity>
</legalAuthenticator>"""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="CDA.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<id root="2.25.7" extension="DOC-1"/><code code="11506-3" codeSystem="2.16.840.1.113883.6.1"/>
<title>Progress note</title><effectiveTime value="20260302103000-0500"/>{header}
<recordTarget><patientRole><id root="2.25.8" extension="4711"/><patient>
 <name><given>Helena</given><family>Marsh</family></name><administrativeGenderCode code="F"/>
 <birthTime value="19610504"/></patient></patientRole></recordTarget>
<author><time value="20260302103000+0000"/><assignedAuthor><id root="2.25.9" extension="prv-1"/><assignedPerson><name>
 Ines Oduya</name></assignedPerson></assignedAuthor></author>
{signer if signature else ""}
<componentOf><encompassingEncounter><effectiveTime><low value="20260302"/></effectiveTime></encompassingEncounter>
</componentOf>{body}
</ClinicalDocument>""".encode()


def cda_attachment(content: bytes, media_type: str = "application/pdf") -> str:
    data = base64.b64encode(content).decode()
    return f"""<component><nonXMLBody><text mediaType="{media_type}" representation="B64">{data}</text></nonXMLBody>
</component>"""


def fhir_attachment(content: bytes, media_type: str = "application/pdf") -> dict[str, Any]:
    return {"attachment": {"contentType": media_type, "data": base64.b64encode(content).decode()}}


def document_reference(*contents: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": "ref-1",
        "status": "current",
        "docStatus": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]},
        "date": "2026-03-02T10:30:00Z",
        "author": [{"reference": "Practitioner/prv-1"}],
        "content": list(contents),
    } | changes


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{number}", "resource": each} for number, each in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def as_json(resource: dict[str, Any]) -> bytes:
    return json.dumps(resource, indent=1).encode()
