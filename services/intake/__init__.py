"""Intake: notes.submitted to notes.accepted, to review, or to notes.rejected."""
