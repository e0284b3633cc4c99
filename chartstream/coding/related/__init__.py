"""Codes that go with others: combinations, additional codes, external causes, by the code set's own instructions."""
