"""The most specific code that the record supports, and what is asked where it does not."""
