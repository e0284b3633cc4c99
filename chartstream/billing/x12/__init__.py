"""ASC X12N 5010: writing 837P and 837I, reading what payers send back."""
