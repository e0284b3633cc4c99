"""Reading: from the bytes of a document to its text, sections and the encounter's fields, each with its place."""
