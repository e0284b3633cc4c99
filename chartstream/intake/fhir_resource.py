"""FHIR R4 at intake: a DocumentReference, a Binary, or a Bundle of them, as JSON, and the documents inside.

Source: HL7 FHIR R4, DocumentReference (10.4; value sets document-reference-status, composition-status,
document-relationship-type), Binary, Bundle. R4B has the same DocumentReference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from pydantic import ValidationError

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import Sex
from chartstream.intake.envelope import Opened, Part, Source, StatedPatient, by_reference, decoded, most_cautious
from chartstream.intake.envelope import without_document as _without_document
from chartstream.intake.findings import Findings
from chartstream.intake.media import media_type_of

Resource = Mapping[str, Any]

_STATUS = {
    "superseded": DocumentStatus.ENTERED_IN_ERROR,  # another document stands in its place
    "entered-in-error": DocumentStatus.ENTERED_IN_ERROR,
}
_DOC_STATUS = {
    "preliminary": DocumentStatus.PRELIMINARY,
    "final": DocumentStatus.FINAL,
    "amended": DocumentStatus.AMENDED,
    "entered-in-error": DocumentStatus.ENTERED_IN_ERROR,
}
_RELATION = {"appends": DocumentStatus.ADDENDUM, "replaces": DocumentStatus.AMENDED}
_SEX = {"female": Sex.FEMALE, "male": Sex.MALE, "other": Sex.OTHER}


def open_fhir(content: bytes, _findings: Findings) -> Opened:
    """The documents of a resource, each a part.

    Of the contents of one DocumentReference, which are the same document in several formats, the first that can be
    read here is taken. Raises ``Rejected``: ``document_unreadable``, ``media_type_unsupported`` for other resources,
    ``envelope_empty``, ``attachment_by_reference``, ``attachment_undecodable``.
    """
    root = _parsed(content)
    entries = list(_entries(root))
    known = {key: resource for keys, resource in entries for key in keys}
    references = [(keys, resource) for keys, resource in entries if _type(resource) == "DocumentReference"]
    parts = [_part(keys, resource, known) for keys, resource in references]
    if not references:
        parts = [_binary(resource) for _, resource in entries if _type(resource) == "Binary"]
    if not parts:
        raise _without_document("the FHIR resource")
    return Opened(Source(), tuple(parts), readable=False)


def _parsed(content: bytes) -> Resource:
    try:
        root = json.loads(content)
    except (ValueError, RecursionError):
        # Not chained: the parser's message may quote the resource.
        raise Rejected(
            Problem(
                "document_truncated",
                "the FHIR resource is cut short or damaged: it is no whole JSON object",
                "transfer the resource again and compare its size with the original",
            )
        ) from None
    if not isinstance(root, dict) or _type(root) not in {"DocumentReference", "Binary", "Bundle"}:
        raise Rejected(
            Problem(
                "media_type_unsupported",
                "the FHIR resource is none that carries documents",
                "send a DocumentReference with its attachment, or a Bundle with its Binary",
            )
        )
    return root


def _entries(root: Resource) -> Iterator[tuple[tuple[str, ...], Resource]]:
    """Every resource with the references by which others name it."""
    if _type(root) != "Bundle":
        yield _keys(root), root
        return
    for entry in _list(root, "entry"):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            url = entry.get("fullUrl")
            yield (*((url,) if isinstance(url, str) else ()), *_keys(resource)), resource


def _keys(resource: Resource) -> tuple[str, ...]:
    identity = resource.get("id")
    return (f"{_type(resource)}/{identity}", identity) if isinstance(identity, str) else ()


def _part(keys: Sequence[str], reference: Resource, known: Mapping[str, Resource]) -> Part:
    when = _validated(reference)
    contents = [each["attachment"] for each in _list(reference, "content") if isinstance(each.get("attachment"), dict)]
    choices = [found for attachment in contents if (found := _content(attachment, known)) is not None]
    if not choices:
        raise by_reference() if any("url" in each for each in contents) else _without_document("the DocumentReference")
    content, declared = next((each for each in choices if _readable(each[0])), choices[0])
    return Part(content, declared, _source(keys, reference, when, known))


def _validated(reference: Resource) -> datetime | date | None:
    """Check a DocumentReference against the standard and give its date. The model costs a third of a second to load."""
    from fhir.resources.R4B.documentreference import DocumentReference  # noqa: PLC0415

    # Attachments are decoded here, strictly; the model would take what is no Base64 for nothing.
    bare = {**reference, "content": [_without_data(each) for each in _list(reference, "content")]}
    try:
        found: datetime | date | None = DocumentReference.model_validate(bare).date
    except (ValidationError, TypeError, ValueError, RecursionError) as error:
        places = error.errors(include_input=False) if isinstance(error, ValidationError) else []
        # Names of elements only: what stands in them is the patient's.
        named = ", ".join(sorted({str(place["loc"][0]) for place in places if place["loc"]} & _ELEMENTS))
        raise Rejected(
            Problem(
                "document_unreadable",
                f"the DocumentReference does not follow FHIR R4{f' in {named}' if named else ''}",
                "validate the resource against FHIR R4 and send it again",
            )
        ) from None
    return found


_ELEMENTS = frozenset(
    [
        "status",
        "docStatus",
        "type",
        "category",
        "subject",
        "date",
        "author",
        "authenticator",
        "custodian",
        "relatesTo",
        "description",
        "content",
        "context",
        "identifier",
        "masterIdentifier",
    ]
)


def _without_data(content: Resource) -> Resource:
    attachment = content.get("attachment")
    if not isinstance(attachment, dict):
        return content
    return {**content, "attachment": {key: value for key, value in attachment.items() if key != "data"}}


def _content(attachment: Resource, known: Mapping[str, Resource]) -> tuple[bytes, str | None] | None:
    """The bytes of an attachment and their declared type; None where they are not in the resource."""
    declared = attachment.get("contentType")
    data, url = attachment.get("data"), attachment.get("url")
    if data is None and isinstance(url, str) and url in known:
        binary = known[url]
        data, declared = binary.get("data"), binary.get("contentType", declared)
    if not isinstance(data, str):
        return None
    return decoded(data), declared if isinstance(declared, str) else None


def _binary(resource: Resource) -> Part:
    found = _content(resource, {})
    if found is None:
        raise _without_document("the Binary")
    return Part(*found, Source())


def _readable(content: bytes) -> bool:
    try:
        media_type_of(content)
    except Rejected:
        return False
    return True


def _source(
    keys: Sequence[str], reference: Resource, when: datetime | date | None, known: Mapping[str, Resource]
) -> Source:
    related = [(str(each.get("code")), _dict(each, "target")) for each in _list(reference, "relatesTo")]
    doc_status = _DOC_STATUS.get(str(reference.get("docStatus")), DocumentStatus.UNKNOWN)
    if doc_status is DocumentStatus.UNKNOWN and "authenticator" in reference:
        doc_status = DocumentStatus.FINAL
    statuses = [_STATUS.get(str(reference.get("status")), DocumentStatus.UNKNOWN), doc_status]
    coding = next(iter(_list(_dict(reference, "type"), "coding")), {})
    author = next(iter(_list(reference, "author")), {})
    identifiers = [_dict(reference, "masterIdentifier"), *_list(reference, "identifier")]
    return Source(
        status=most_cautious([*statuses, *(_RELATION.get(code, DocumentStatus.UNKNOWN) for code, _ in related)]),
        kind=_text(coding, "code"),
        authored_at=_moment(when),
        author_id=(_text(author, "reference") or "").rpartition("/")[2] or None,
        numbers=(*keys, *_values(identifiers)),
        amends=tuple(number for code, target in related if code in _RELATION for number in _pointed(target)),
        patient=_patient(reference, known),
    )


def _patient(reference: Resource, known: Mapping[str, Resource]) -> StatedPatient | None:
    subject = _dict(reference, "subject")
    contained = {f"#{each.get('id')}": each for each in _list(reference, "contained")}
    found = ({**known, **contained}).get(_text(subject, "reference") or "")
    if found is None or _type(found) != "Patient":
        numbers = _values([_dict(subject, "identifier")])
        return StatedPatient(record_numbers=numbers) if numbers else None
    name = next(iter(_list(found, "name")), {})
    given = (
        [each for each in name.get("given", []) if isinstance(each, str)] if isinstance(name.get("given"), list) else []
    )
    try:
        born = date.fromisoformat(_text(found, "birthDate") or "")
    except ValueError:
        born = None
    return StatedPatient(
        record_numbers=_values(_list(found, "identifier")),
        name=" ".join([*given, _text(name, "family") or _text(name, "text") or ""]).strip(),
        birth_date=born,
        sex=_SEX.get(_text(found, "gender") or "", Sex.UNKNOWN),
    )


def _moment(when: datetime | date | None) -> datetime | None:
    """A date's own time: a resource that gives a day only was written then, at no known hour."""
    if isinstance(when, datetime):
        return when.astimezone(UTC) if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return datetime.combine(when, time(), UTC) if when is not None else None


def _pointed(target: Resource) -> tuple[str, ...]:
    reference = _text(target, "reference")
    return (*((reference,) if reference else ()), *_values([_dict(target, "identifier")]))


def _values(identifiers: Sequence[Resource]) -> tuple[str, ...]:
    return tuple(value for each in identifiers if (value := _text(each, "value")))


def _type(resource: Resource) -> str:
    return str(resource.get("resourceType", ""))


def _list(resource: Resource, name: str) -> list[Resource]:
    found = resource.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _dict(resource: Resource, name: str) -> Resource:
    found = resource.get(name)
    return found if isinstance(found, dict) else {}


def _text(resource: Resource, name: str) -> str | None:
    found = resource.get(name)
    return found if isinstance(found, str) and found else None
