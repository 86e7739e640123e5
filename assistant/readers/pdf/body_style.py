"""What is usual in a document: the size of its type, the distance between its lines, how wide they run."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.readers.pdf.page import PLAIN_FONT, Column, Font, PageLayout, Phrase, Word

WIDE_LEADING = 1.3  # times the usual distance between lines: what is further apart is no one paragraph
_USUAL_LEADING = 1.2  # the distance between lines, in type sizes, where a document doesn't show it
_LEADINGS = (0.8, 2.6)  # the least and the greatest distance between lines of one paragraph, in type sizes
_NARROW = frozenset("fijlrt.,:;()'")  # in all fonts but monospaced ones
_OTHER_SHARE = 0.15  # by which the shares of narrow characters differ in words that show whether a font is monospaced
_SAMPLE = 40  # words of a font that tell whether it is monospaced
_BODY_SHARE = 0.25  # of the characters: a size that so many have makes no heading
_BODY_RATIO = 1.4  # times the usual size: larger type is for show
_SAME_WIDTH = 0.03  # the share by which the widths of characters may differ in a monospaced font


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """What is usual in a document.

    Attributes:
        size: of the type in which most characters are set, in points.
        leadings: for each size of type, rounded to half a point, the usual distance between baselines, in points.
        width: of the lines of the body, in points.
        font: of most characters of the body. It counts as plain, whatever its name or weight.
        monospaced: the fonts whose characters are all of one width, where the body is set in another.
        largest: the largest size of type, not much larger than the usual one, in which a good part of the text is set:
            short documents have several.
    """

    size: float = 10.0
    leadings: dict[float, float] = field(default_factory=dict)
    width: float = 400.0
    font: Font = PLAIN_FONT
    monospaced: frozenset[Font] = frozenset()
    largest: float = 0.0

    def leading(self, size: float) -> float:
        """The usual distance between the baselines of lines of some size, in points."""
        return self.leadings.get(round_size(size)) or size * _USUAL_LEADING

    def is_bold(self, font: Font) -> bool:
        """Whether a font stands out by its weight."""
        return font.is_bold and font != self.font

    def is_italic(self, font: Font) -> bool:
        """Whether a font stands out by its slope."""
        return font.is_italic and font != self.font


def round_size(size: float) -> float:
    """A size of type to half a point: what a reader sees as one size."""
    return round(size * 2) / 2


def body_style(layouts: Sequence[PageLayout]) -> BodyStyle:
    """The style in which most characters of a document are set."""
    columns = [item for layout in layouts for item in layout.items if isinstance(item, Column)]
    characters: Counter[tuple[float, Font]] = Counter()
    for column in columns:
        for line in column.lines:
            for word in line.words:
                characters[word.size, word.font] += len(word.text)
    if not characters:
        return BodyStyle()
    by_size: Counter[float] = Counter()
    for (size, _), count in characters.items():
        by_size[round_size(size)] += count
    usual = max(by_size, key=lambda size: (by_size[size], size))
    by_font: Counter[Font] = Counter()
    for (size, font), count in characters.items():
        by_font[font] += count * (round_size(size) == usual)
    lines = [line for column in columns for line in column.lines if round_size(line.size) == usual]
    font = by_font.most_common(1)[0][0]
    monospaced = _monospaced_fonts(columns) if len(by_font) > 1 else frozenset()
    return BodyStyle(
        usual, _usual_leadings(columns), _usual_width(lines), font, frozenset() if font in monospaced else monospaced,
        _largest_body_size(characters, usual, font),
    )  # fmt: skip


def _largest_body_size(characters: Counter[tuple[float, Font]], usual: float, usual_font: Font) -> float:
    """The largest size that a good part of the text has, among those not much larger than the usual one."""
    plain: Counter[float] = Counter()
    for (size, font), count in characters.items():
        if font == usual_font or not font.is_bold:
            plain[round_size(size)] += count
    enough = _BODY_SHARE * characters.total()
    return max(
        (size for size, count in plain.items() if usual < size <= _BODY_RATIO * usual and count >= enough),
        default=usual,
    )


def _monospaced_fonts(columns: Iterable[Column]) -> frozenset[Font]:
    """The fonts whose characters are all of one width, by their first words."""
    samples: dict[Font, list[Word]] = {}
    for column in columns:
        for line in column.lines:
            for word in line.words:
                sample = samples.setdefault(word.font, [])
                if len(sample) < _SAMPLE and len(word.text) > 1 and not word.rise and not word.angle:
                    sample.append(word)
    return frozenset(font for font, words in samples.items() if _are_monospaced(words))


def _are_monospaced(words: Sequence[Word]) -> bool:
    """Whether words with more and with fewer narrow characters are of one width for each character."""
    if not words:
        return False
    shares = [sum(character in _NARROW for character in word.text) / len(word.text) for word in words]
    widths = [(word.x1 - word.x0) / (len(word.text) * max(word.size, 1.0)) for word in words]
    return max(shares) - min(shares) > _OTHER_SHARE and max(widths) - min(widths) < _SAME_WIDTH * max(widths)


def _usual_leadings(columns: Iterable[Column]) -> dict[float, float]:
    """For each size of type the most frequent distance between lines, among those between lines of a paragraph."""
    distances: dict[float, Counter[float]] = {}
    for column in columns:
        for above, below in pairwise(column.lines):
            size = round_size(below.size)
            distance = below.baseline - above.baseline
            if size and round_size(above.size) == size and _LEADINGS[0] < distance / size < _LEADINGS[1]:
                distances.setdefault(size, Counter())[round(distance * 4) / 4] += 1
    return {size: _smallest_frequent(counts) for size, counts in distances.items()}


def _smallest_frequent(counts: Counter[float]) -> float:
    """The smallest value that occurs a third as often as the most frequent one.

    Where paragraphs are short, the distance between two of them occurs more often than that between their lines.
    """
    enough = max(counts.values()) / 3
    return min(value for value, count in counts.items() if count >= enough)


def _usual_width(lines: Sequence[Phrase]) -> float:
    """The width that a tenth of some lines exceed, in points."""
    widths = sorted(line.x1 - line.x0 for line in lines)
    return widths[len(widths) * 9 // 10] if widths else 0.0
