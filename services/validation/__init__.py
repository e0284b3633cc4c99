"""Validation: codes.proposed to codes.validated."""
