"""Kafka and Redis on this machine, for a laptop, a demonstration and the tests: real ones, as child processes."""
