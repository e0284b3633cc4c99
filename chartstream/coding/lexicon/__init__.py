"""Which words name which code, and where a text has them."""
