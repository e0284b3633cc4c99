"""Importers: one file for each layout in which an authority publishes a code set or a table about codes."""
