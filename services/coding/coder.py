"""The coder that the settings ask for."""

from __future__ import annotations

from chartstream.codesets import Release
from chartstream.coding.coder import Coder
from chartstream.coding.engine import CodingEngine
from chartstream.coding.language_model import LanguageModelCoder, ModelClient
from chartstream.remote import Patience, RemoteService
from services.coding.settings import LanguageModelSettings


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
