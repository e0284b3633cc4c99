"""``python -m services.intake``"""

from chartstream.stream.service import serve
from services.intake.processor import SERVICE
from services.wiring import codec, documents

if __name__ == "__main__":  # spawned workers import this file too
    serve(SERVICE, codec(), documents())
