"""How formats are built, free of any judgement: what intake checks and extraction reads is parsed here, once."""
