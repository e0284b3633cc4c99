"""Routing: codes.validated to claims.coded or to review."""
