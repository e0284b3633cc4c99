"""The contracts in Python: one Pydantic model per Avro schema of ``schemas/avro``, codec, identities, headers.

Import a record from the module of its subject (``documents``, ``coding``, ``claims`` …); the codec from ``codec``.
"""
