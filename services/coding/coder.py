"""The coder that the settings ask for."""

from __future__ import annotations

from collections.abc import Sequence

from chartstream.codesets import Release
from chartstream.codesets.releases import PACKAGED, installed
from chartstream.coding.coder import Coder
from chartstream.coding.engine import CodingEngine
from chartstream.coding.language_model import LanguageModelCoder, ModelClient
from chartstream.remote import Patience, RemoteService
from services.coding.settings import LanguageModelSettings


def imported_coders(settings: LanguageModelSettings) -> Sequence[Coder]:
    """A coder for each release of ICD-10-CM that the site has imported. Raises as ``configured_coder`` does."""
    return tuple(configured_coder(settings, release) for release in installed() if release not in PACKAGED)


def configured_coder(settings: LanguageModelSettings, release: Release | None = None) -> Coder:
    """The engine on ``release`` (the installed one by default), behind a language model where one is set.

    Raises ``ConfigurationError`` when the engine cannot be loaded or the key cannot be read.
    """
    engine = CodingEngine.load(release)
    if settings.url is None:
        return engine
    key = settings.bearer()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    patience = Patience(answer=settings.answer_seconds)
    service = RemoteService("the language model", settings.url, headers, patience)
    return LanguageModelCoder(engine, ModelClient(service, settings.model, settings.note_seconds), settings.unproven)
