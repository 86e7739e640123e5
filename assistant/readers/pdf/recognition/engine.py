"""Character recognition: the words on the picture of a page, by RapidOCR, the extra "ocr".

Its models come in its package: nothing is fetched. They know Latin, Greek and Chinese letters and some others.
"""

import math
import os
import statistics
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.readers.pdf.page import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.readers.pdf.pdfium.pictures import Picture

_DETECTION_SIDE = 1280  # pixels of a page's longer side in which lines are looked for
_MIN_SCORE = 0.6  # of a line: below, it is most often a piece of a drawing
_TYPE_SIZE = 0.75  # of the height of a line as it is found, which has room above and below
_BASELINE = 0.33  # of the size of the type, below the middle of a line
_ASCENT, _DESCENT = 0.85, 0.2  # of the size of the type
_LIKE_HEIGHT, _LIKE_WIDTH = 0.3, 0.15  # shares by which these differ in type of the usual size
_STANDING = 1.5  # times its width: a line that is higher runs up or down the page
_MIN_SLOPE_WIDTH = 15  # times its height: only lines so wide tell how the page slopes
_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}


class Recognition(NamedTuple):
    """What was recognised on the picture of a page.

    Attributes:
        words: with their places in points.
        turn: by how many degrees clockwise the page was turned for it: places are those on the turned page.
    """

    words: tuple[Word, ...] = ()
    turn: int = 0


class _FoundLine(NamedTuple):
    """A line as the engine gives it, in pixels of the picture."""

    text: str
    quad: Any  # its corners, clockwise from the top left of the text
    score: float  # how sure its characters are, up to 1
    chars: Sequence[Any]  # the corners of each character

    @property
    def is_standing(self) -> bool:
        """Whether it runs up or down the page."""
        (x0, y0), (x1, y1) = self.quad.min(axis=0), self.quad.max(axis=0)
        return bool(y1 - y0 > _STANDING * (x1 - x0))


class _Line(NamedTuple):
    """A line as it was recognised, in pixels of the picture that is set straight."""

    text: str
    x0: float
    x1: float
    middle: float
    height: float
    chars: tuple[tuple[float, float], ...]  # from where to where each character goes, white space left out

    @property
    def char_width(self) -> float:
        return (self.x1 - self.x0) / max(len(self.text), 1)


def is_installed() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None


def recognise(picture: "Picture", page: int) -> Recognition:
    """The words on the picture of a page; they come out the same every time.

    A page on which most lines run up or down is turned. One that was scanned a little aslant is set straight: places
    are those on the straight page, a few points off at its edges. Lines that run up or down after that are left out.

    Args:
        picture: of the page.
        page: its number.
    """
    import numpy as np

    found, turn = _find(picture.greys), 0
    greys = picture.greys
    if 2 * _weight(line for line in found if line.is_standing) > _weight(found):
        by_turn = {degrees: np.rot90(picture.greys, -degrees // 90) for degrees in (90, 270)}
        lines_by_turn = {degrees: _find(turned) for degrees, turned in by_turn.items()}
        turn = max(
            lines_by_turn,
            key=lambda degrees: _weight(line for line in lines_by_turn[degrees] if not line.is_standing),
        )
        found, greys = lines_by_turn[turn], by_turn[turn]
    rows, columns = greys.shape
    straight = _Turn.against(_slope([line.quad for line in found]), columns / 2, rows / 2)
    lines = [
        _line(line.text, straight.points(line.quad), [straight.points(char) for char in line.chars])
        for line in found
        if line.score >= _MIN_SCORE and not line.is_standing
    ]
    return Recognition(tuple(_words(lines, page, picture.scale)), turn)


def _find(greys: "NDArray[np.uint8]") -> list[_FoundLine]:
    """The lines on a picture."""
    import numpy as np

    result = _engine()(np.repeat(greys[:, :, None], 3, axis=2), return_word_box=True, return_single_char_box=True)
    if result.boxes is None or not result.word_results:
        return []
    return [
        _FoundLine(text, np.asarray(box, float), float(score), [char[2] for char in chars])
        for text, box, score, chars in zip(result.txts, result.boxes, result.scores, result.word_results, strict=True)
    ]


def _weight(lines: Iterable[_FoundLine]) -> float:
    """How many characters there are, each counted by how sure it is."""
    return sum(len(line.text) * line.score for line in lines)


@cache
def _engine() -> Any:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # ONNX Runtime reports to its maker by default
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    settings = {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # several files are read side by side
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Det.limit_type": "max",
        "Det.limit_side_len": _DETECTION_SIDE,
        "Rec.rec_batch_num": 1,  # more pad all lines to the longest, in time and memory
    }
    return rapidocr.RapidOCR(params=settings | {name: str(folder / file) for name, file in _MODELS.items()})


class _Turn(NamedTuple):
    """A small turn of a picture about its middle."""

    cosine: float
    sine: float
    x: float
    y: float

    @classmethod
    def against(cls, slope: float, x: float, y: float) -> "_Turn":
        angle = -math.atan(slope)
        return cls(math.cos(angle), math.sin(angle), x, y)

    def points(self, quad: Any) -> list[tuple[float, float]]:
        return [
            (
                self.x + self.cosine * (x - self.x) - self.sine * (y - self.y),
                self.y + self.sine * (x - self.x) + self.cosine * (y - self.y),
            )
            for x, y in quad
        ]


def _slope(quads: Sequence[Any]) -> float:
    """By how much the lines of a page fall for each pixel to the right: the median of its long lines."""
    slopes = [
        float((right[1] - left[1]) / (right[0] - left[0]))
        for left, right, _, below in quads
        if right[0] - left[0] > _MIN_SLOPE_WIDTH * max(abs(below[1] - left[1]), 1.0)
    ]
    return statistics.median(slopes) if slopes else 0.0


def _line(text: str, corners: Sequence[tuple[float, float]], chars: Sequence[Sequence[tuple[float, float]]]) -> _Line:
    xs, (top_left, top_right, bottom_right, bottom_left) = [x for x, _ in corners], corners
    height = (math.dist(top_left, bottom_left) + math.dist(top_right, bottom_right)) / 2
    spans = tuple((min(x for x, _ in char), max(x for x, _ in char)) for char in chars)
    return _Line(text, min(xs), max(xs), sum(y for _, y in corners) / 4, height, spans)


def _words(lines: Sequence[_Line], page: int, scale: float) -> Iterator[Word]:
    """The words of lines, in points."""
    usual_height = statistics.median([line.height for line in lines for _ in line.text] or [1.0])
    usual_width = statistics.median([line.char_width for line in lines for _ in line.text] or [1.0])
    for line in lines:
        is_usual = (
            abs(line.height - usual_height) < _LIKE_HEIGHT * usual_height
            or abs(line.char_width - usual_width) < _LIKE_WIDTH * usual_width
        )
        size = round(_TYPE_SIZE * (usual_height if is_usual else line.height) / scale, 1)
        baseline = line.middle / scale + _BASELINE * size
        for text, x0, x1 in _spans(line):
            yield Word(
                text,
                page,
                x0 / scale,
                baseline - _ASCENT * size,
                x1 / scale,
                baseline + _DESCENT * size,
                baseline,
                size,
            )


def _spans(line: _Line) -> Iterator[tuple[str, float, float]]:
    """The words of a line, and from where to where each goes."""
    texts = line.text.split()
    chars = line.chars
    if len(chars) != sum(map(len, texts)):  # then all characters are taken to be of one width
        width = (line.x1 - line.x0) / max(len(line.text), 1)
        chars = tuple(
            (line.x0 + place * width, line.x0 + (place + 1) * width)
            for place, char in enumerate(line.text)
            if not char.isspace()
        )
    start = 0
    for text in texts:
        end = start + len(text)
        yield text, chars[start][0], chars[end - 1][1]
        start = end
