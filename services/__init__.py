"""One folder per deployable: wiring, settings, image."""
