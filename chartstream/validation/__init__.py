"""Validation: deterministic edits on proposed codes, each one small, named and with its source."""
