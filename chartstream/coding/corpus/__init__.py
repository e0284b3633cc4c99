"""The corpus profile: whatever a note mentions."""
