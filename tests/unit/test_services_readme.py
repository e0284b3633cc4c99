"""The services' READMEs name every setting that there is and none that there is not, and say what each service is."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from chartstream.codesets.library import FOLDER
from chartstream.events.catalogue import TOPICS
from chartstream.routing.certificate import ALLOW_DEMONSTRATION, TRUSTED_KEY
from chartstream.stream.service import ProcessSettings, Service
from chartstream.stream.settings import (
    DocumentsSettings,
    EnvironmentSettings,
    KafkaSettings,
    RedisSettings,
    RegistrySettings,
)
from services.coding.settings import LanguageModelSettings
from services.extraction.settings import OcrSettings
from services.intake.settings import IntakeSettings
from services.routing.processor import RoutingSettings
from services.validation.settings import ValidationSettings

SERVICES = Path(__file__).parents[2] / "services"
COMMON = (KafkaSettings, DocumentsSettings, RedisSettings, RegistrySettings, ProcessSettings)
NAMES = sorted(path.parent.name for path in SERVICES.glob("*/processor.py"))


def variables(*settings: type[EnvironmentSettings]) -> set[str]:
    return {f"{s.model_config.get('env_prefix')}{name}".upper() for s in settings for name in s.model_fields}


def named(readme: Path) -> set[str]:
    """Variables that a page names in full."""
    return set(re.findall(r"`(CHARTSTREAM_[A-Z_]+)`", readme.read_text()))


def table() -> dict[str, list[str]]:
    """Cells of each service's row in the table of services."""
    rows = re.findall(r"^\| \[(\w+)\]\(.*?\) \|(.*)\|$", (SERVICES / "README.md").read_text(), re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def test_every_common_setting_is_named_and_no_other() -> None:
    assert named(SERVICES / "README.md") == variables(*COMMON) | {"CHARTSTREAM_HOME"}


def test_a_services_page_names_only_settings_that_exist() -> None:
    own = variables(RoutingSettings, IntakeSettings) | {ALLOW_DEMONSTRATION, TRUSTED_KEY}
    assert named(SERVICES / "routing" / "README.md") >= own - variables(IntakeSettings)
    assert named(SERVICES / "intake" / "README.md") >= variables(IntakeSettings)
    engines = variables(OcrSettings)
    assert named(SERVICES / "extraction" / "README.md") >= engines
    coders = variables(LanguageModelSettings) | {FOLDER}
    assert named(SERVICES / "coding" / "README.md") >= coders
    policies = variables(ValidationSettings) | {FOLDER}
    assert named(SERVICES / "validation" / "README.md") >= policies
    for name in NAMES:
        assert named(SERVICES / name / "README.md") <= variables(*COMMON) | own | engines | coders | policies


@pytest.mark.parametrize("name", NAMES)
def test_the_table_says_what_a_service_reads_remembers_and_works_with(name: str) -> None:
    service: Service = import_module(f"services.{name}.processor").SERVICE
    reads, writes, remembers, _, workers = table()[name]
    assert service.stage == name
    assert reads == TOPICS[service.consumes]
    assert remembers == (TOPICS[service.remembers] if service.remembers else "nothing")
    assert int(workers) == service.workers
    assert set(writes.split(", ")) <= {*TOPICS.values(), "review.audits"}
    assert f"`{service.consumes.__name__}` from {reads}" in (SERVICES / name / "README.md").read_text()
