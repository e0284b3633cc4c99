"""Autonomous medical coding as an event stream: clinical notes in, coded claims with evidence out."""

__version__ = "0.1.0"
