"""What payers send back: 835 and 277CA to outcomes of our claims."""
