"""Coverage from FHIR R4 or R4B: a Coverage resource with what it refers to, contained or in one Bundle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from chartstream.billing.coverage.model import SELF, Coverage, Insured, PostalAddress
from chartstream.errors import Problem, Rejected

# http://terminology.hl7.org/CodeSystem/subscriber-relationship
_RELATIONSHIPS = {"self": SELF, "spouse": "01", "common": "53", "child": "19", "parent": "G8", "other": "G8"}
_SEX = {"female": "F", "male": "M", "other": "U", "unknown": "U"}

_Resource = dict[str, Any]


def coverage_of_fhir(content: bytes) -> Coverage:
    """The patient and the coverage of lowest ``order``. Raises ``Rejected`` for what is no such JSON."""
    try:
        root = json.loads(content)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    resources = _Resources(_dict(root))
    coverages = resources.of_type("Coverage")
    patients = resources.of_type("Patient")
    if not coverages:
        if not patients:
            raise _unreadable()
        return Coverage(patient=_person(patients[0]))
    return _read(min(coverages, key=_order), resources)


class _Resources:
    """The resources of a document, found by what refers to them."""

    def __init__(self, root: _Resource) -> None:
        entries = [_dict(entry) for entry in _list(root.get("entry"))]
        tops = [_dict(entry.get("resource")) for entry in entries] if entries else [root]
        inner = [_dict(each) for top in tops for each in _list(top.get("contained"))]
        self._all = [*tops, *inner]
        self._by_url = {_text(entry.get("fullUrl")): _dict(entry.get("resource")) for entry in entries}

    def of_type(self, kind: str) -> list[_Resource]:
        return [resource for resource in self._all if resource.get("resourceType") == kind]

    def behind(self, reference: object) -> _Resource:
        target = _text(_dict(reference).get("reference"))
        if not target:
            return {}
        if target in self._by_url:
            return self._by_url[target]
        kind, _, identity = target.removeprefix("#").rpartition("/")
        for resource in self._all:
            fits = not kind or resource.get("resourceType") == kind.rpartition("/")[2]
            if fits and resource.get("id") == identity:
                return resource
        return {}


def _read(coverage: _Resource, resources: _Resources) -> Coverage:
    patients = resources.of_type("Patient")
    beneficiary = resources.behind(coverage.get("beneficiary")) or (patients[0] if len(patients) == 1 else {})
    patient = _person(beneficiary)
    relationship = _RELATIONSHIPS.get(_code(coverage.get("relationship")), "")
    subscriber = patient if relationship == SELF else _person(resources.behind(coverage.get("subscriber")))
    payor = _dict(_first(coverage.get("payor")))
    organisation = resources.behind(payor)
    identifier = _dict(payor.get("identifier")) or _dict(_first(organisation.get("identifier")))
    group = _group(coverage)
    return Coverage(
        patient=patient,
        subscriber=subscriber,
        relationship=relationship,
        member_id=_text(coverage.get("subscriberId")) or _text(_dict(_first(coverage.get("identifier"))).get("value")),
        group_number=_text(group.get("value")),
        group_name=_text(group.get("name")),
        payer_name=_text(organisation.get("name")) or _text(payor.get("display")),
        payer_id=_text(identifier.get("value")),
    )


def _person(resource: _Resource) -> Insured | None:
    if resource.get("resourceType") not in {"Patient", "RelatedPerson"}:
        return None
    names = [_dict(name) for name in _list(resource.get("name"))]
    name = next((each for each in names if each.get("use") == "official"), names[0] if names else {})
    given = [_text(each) for each in _list(name.get("given"))]
    return Insured(
        last_name=_text(name.get("family")),
        first_name=given[0] if given else "",
        middle_name=given[1] if len(given) > 1 else "",
        birth_date=_day(_text(resource.get("birthDate"))),
        sex=_SEX.get(_text(resource.get("gender")), ""),
        address=_address(_dict(_first(resource.get("address")))),
    )


def _address(address: _Resource) -> PostalAddress:
    return PostalAddress(
        lines=tuple(filter(None, (_text(line) for line in _list(address.get("line"))))),
        city=_text(address.get("city")),
        state=_text(address.get("state")).upper(),
        postal_code=_text(address.get("postalCode")),
    )


def _group(coverage: _Resource) -> _Resource:
    classes = (_dict(each) for each in _list(coverage.get("class")))
    return next((each for each in classes if _code(each.get("type")) == "group"), {})


def _code(concept: object) -> str:
    codings: Iterator[str] = (_text(_dict(each).get("code")) for each in _list(_dict(concept).get("coding")))
    return next((code for code in codings if code), "")


def _order(coverage: _Resource) -> tuple[bool, int]:
    order = coverage.get("order")
    return (coverage.get("status") in {"cancelled", "entered-in-error"}, order if isinstance(order, int) else 1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _dict(value: object) -> _Resource:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _first(value: object) -> object:
    return next(iter(_list(value)), None)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _unreadable() -> Rejected:
    return Rejected(
        Problem("coverage_unreadable", "it is no FHIR Coverage, Patient or Bundle of them", "send the coverage again")
    )
