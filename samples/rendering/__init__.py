"""How each kind of sample document is made from the text of a note."""
