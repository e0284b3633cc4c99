"""``python -m services.intake``"""

from chartstream.stream.service import serve
from chartstream.stream.wire import codec_from_environment
from services.intake.processor import SERVICE
from services.wiring import documents

if __name__ == "__main__":  # spawned workers import this file too
    serve(SERVICE, codec_from_environment(), documents())
