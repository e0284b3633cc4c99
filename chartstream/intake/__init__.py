"""Intake: what a document is, whether it is whole, and whether it is good enough to be read."""
