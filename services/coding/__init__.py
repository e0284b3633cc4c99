"""Coding: notes.extracted to codes.proposed."""
