"""How any stage runs on Kafka: the exactly-once loop, memory, retries, dead letters, health, metrics.

Nothing here knows a stage. Read ``processor`` first; it composes the rest.
"""
