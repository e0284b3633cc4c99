"""How a mention is meant: denied, doubted, past, of somebody else."""
