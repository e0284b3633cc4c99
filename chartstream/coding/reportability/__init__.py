"""What of all that is mentioned a claim may carry, and in which order."""
