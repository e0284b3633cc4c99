"""Policies of payers and of the house: rules as data, read from YAML, that add findings to those of the edits.

A policy can only hold a claim back or tell: it has no effect that would release anything.
"""
