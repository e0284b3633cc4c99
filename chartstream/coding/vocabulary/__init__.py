"""Words in a common form: spelling, inflection, abbreviations."""
