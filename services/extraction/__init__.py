"""Extraction: notes.accepted to notes.extracted, to review, or to notes.rejected."""
