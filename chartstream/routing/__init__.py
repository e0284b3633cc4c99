"""Routing: which coded claims are released by themselves, and which go to a person, with the reasons."""
