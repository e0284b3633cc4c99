"""``python -m services.validation``"""

from chartstream.stream.service import serve
from services.validation.processor import SERVICE
from services.wiring import codec, documents

if __name__ == "__main__":  # spawned workers import this file too
    serve(SERVICE, codec(), documents())
