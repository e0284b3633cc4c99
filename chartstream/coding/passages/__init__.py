"""Which stretches of a note state a diagnosis, and in what words."""
