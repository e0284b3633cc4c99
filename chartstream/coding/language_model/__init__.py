"""A language model as coder, behind the engine's own interface. Off unless a site decides otherwise."""

from chartstream.coding.language_model.client import ModelClient
from chartstream.coding.language_model.coder import LanguageModelCoder

__all__ = ["LanguageModelCoder", "ModelClient"]
