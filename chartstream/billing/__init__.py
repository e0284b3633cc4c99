"""The billing feed: coded claims to 837, FHIR and spreadsheets, payers' answers back to outcomes. Knows no Kafka."""
