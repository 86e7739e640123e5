"""A page as PDFium has it → what people see on it: text that nobody sees is left out, text on its side set upright."""

from collections import Counter
from collections.abc import Iterable, Sequence
from ctypes import c_void_p
from dataclasses import dataclass
from typing import Any, NamedTuple

from assistant.readers.pdf.geometry.frames import Affine, Rectangle, frame
from assistant.readers.pdf.page import Glyph, PageContent, TurnedText
from assistant.readers.pdf.pdfium.calls import calls, int_each
from assistant.readers.pdf.pdfium.characters import has_more_text
from assistant.readers.pdf.pdfium.colours import WHITE
from assistant.readers.pdf.pdfium.covers import covered_texts
from assistant.readers.pdf.pdfium.drawn_bullets import with_drawn_bullets
from assistant.readers.pdf.pdfium.drawn_underscores import with_drawn_underscores
from assistant.readers.pdf.pdfium.dropped import dropped_runs
from assistant.readers.pdf.pdfium.forms import FormField, with_fields
from assistant.readers.pdf.pdfium.layers import Layers, layered_texts
from assistant.readers.pdf.pdfium.objects import IMAGE, PATH, SHADING, Drawing, read_drawing
from assistant.readers.pdf.pdfium.rulings import lines_on
from assistant.readers.pdf.pdfium.sight import seen_runs
from assistant.readers.pdf.pdfium.text import PrintedRun, read_text

_SCAN_SHARE = 0.5  # of a page: pictures that fill so much of it are scans
_COVER_SHARE = 0.85  # of a page: a picture that fills so much hides all that was printed before it
_UPRIGHT_SHARE = 0.6  # of the glyphs of a page: it is turned so that so many run from left to right
_MAX_BACKGROUNDS = 500  # boxes and pictures that white text is looked for on


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The pictures of a page that are large enough to hold text."""

    boxes: tuple[Rectangle, ...]
    share: float  # of the page that they fill
    cover_text: bool  # whether one fills the page and is drawn after all text


class OpenPage(NamedTuple):
    """A page that PDFium has open.

    Attributes:
        handle: PDFium's.
        text_handle: PDFium's, of its text.
        number: counted from 1.
        crop_box: left, bottom, right and top of what is shown.
        rotation: by which the file turns it, in degrees clockwise.
        page: of pypdfium2.
        layers: as the file has them.
    """

    handle: c_void_p
    text_handle: c_void_p
    number: int
    crop_box: Rectangle
    rotation: int
    page: Any
    layers: Layers


def read_page(page: OpenPage, fields: Sequence[FormField]) -> PageContent:
    """What is printed on a page.

    Args:
        page: the page.
        fields: of the form on it.
    """
    crop_box, rotation = page.crop_box, page.rotation
    text = read_text(page.text_handle, crop_box)
    drawing = read_drawing(page.handle, text.sizes)
    printed = [*text.runs, *dropped_runs(text.runs, drawing.texts, text.sizes, crop_box)]
    pictures = _pictures(drawing, crop_box)
    doubtful = layered_texts(drawing, page.layers) | covered_texts(
        drawing, crop_box, may_pictures_cover=pictures.share < _SCAN_SHARE
    )
    runs = printed
    if doubtful:
        apart = read_text(page.text_handle, crop_box, doubtful)
        runs = seen_runs([*apart.runs, *printed[len(text.runs) :]], doubtful, page.page, crop_box, rotation)
    seen = [run for run in runs if not run.look.is_invisible]
    if any(run.look.is_white for run in seen):
        backgrounds = _backgrounds(drawing)
        seen = [run for run in seen if not run.look.is_white or _is_on_any(run, backgrounds, crop_box)]
    recognised = [run for run in runs if run.look.is_invisible] if pictures.share >= _SCAN_SHARE else []
    is_recognised = _size(recognised) > _size(seen) or (pictures.cover_text and bool(seen))
    kept = _in_order(runs, [*seen, *recognised])
    upright = _upright_angle(kept, rotation)
    view = frame(crop_box, upright)
    width, height = _view_size(crop_box, upright)
    glyphs_by_angle = _clip(kept, crop_box)
    lines = lines_on(drawing.objects, view, width, height)
    glyphs = with_fields(with_drawn_underscores(glyphs_by_angle.pop(upright, []), lines.dashes), fields, view)
    glyphs = with_drawn_bullets(glyphs, drawing.objects, view)
    return PageContent(
        page.number,
        width,
        height,
        glyphs,
        lines.rulings,
        is_recognised=is_recognised,
        turned=[
            TurnedText((angle - upright) % 360, glyphs, frame(crop_box, angle).inverse().then(view))
            for angle, glyphs in glyphs_by_angle.items()
        ],
        turn=(upright - rotation) % 360,
        hidden=_size(printed) - _size(kept) + text.unread,
        is_cut=has_more_text(page.text_handle),
    )


def _view_size(crop_box: Rectangle, angle: int) -> tuple[float, float]:
    """The width and height of a frame."""
    left, top, right, bottom = frame(crop_box, angle).box(*crop_box)
    return right - left, bottom - top


def _size(runs: Iterable[PrintedRun]) -> int:
    return sum(len(run.glyphs) for run in runs)


def _in_order(runs: Sequence[PrintedRun], kept: Iterable[PrintedRun]) -> list[PrintedRun]:
    """Some of the runs, in the order of all."""
    ids = set(map(id, kept))
    return [run for run in runs if id(run) in ids]


def _upright_angle(runs: Iterable[PrintedRun], rotation: int) -> int:
    """The angle of the text that runs from left to right when the page is looked at: as the file turns it, or most."""
    sizes: Counter[int] = Counter()
    for run in runs:
        sizes[run.look.angle] += len(run.glyphs)
    angle, size = sizes.most_common(1)[0] if sizes else (rotation, 0)
    return angle if angle % 90 == 0 and size > _UPRIGHT_SHARE * sizes.total() else rotation


def _clip(runs: Iterable[PrintedRun], crop_box: Rectangle) -> dict[int, list[Glyph]]:
    """The glyphs that stand on the page, by their angle."""
    by_angle: dict[int, list[Glyph]] = {}
    sizes: dict[int, tuple[float, float]] = {}
    for run in runs:
        angle = run.look.angle
        if angle not in sizes:
            sizes[angle], by_angle[angle] = _view_size(crop_box, angle), []
        width, height = sizes[angle]
        glyphs = run.glyphs
        if not glyphs or not (_is_within(glyphs[0], width, height) and _is_within(glyphs[-1], width, height)):
            glyphs = [glyph for glyph in glyphs if _is_within(glyph, width, height)]
        by_angle[angle] += glyphs
    return {angle: glyphs for angle, glyphs in by_angle.items() if glyphs}


def _is_within(glyph: Glyph, width: float, height: float) -> bool:
    """Whether most of a glyph is within a frame."""
    _, x0, _, x1, _, baseline, size, _, _ = glyph
    return 0 < x0 + x1 < 2 * width and 0 < baseline - 0.3 * size < height


def _pictures(drawing: Drawing, crop_box: Rectangle) -> _Pictures:
    left, bottom, right, top = crop_box
    area = max((right - left) * (top - bottom), 1.0)
    shares: list[tuple[float, int, Rectangle]] = []
    for item in drawing.objects:
        box = item.box
        if item.kind == IMAGE and box is not None:
            shown = max(box[0], left), max(box[1], bottom), min(box[2], right), min(box[3], top)
            share = max(shown[2] - shown[0], 0) * max(shown[3] - shown[1], 0) / area
            shares.append((share, item.place, box))
    return _Pictures(
        tuple(box for _, _, box in shares),
        min(sum(share for share, _, _ in shares), 1.0),
        any(share >= _COVER_SHARE and place > drawing.last_text for share, place, _ in shares),
    )


def _backgrounds(drawing: Drawing) -> list[Rectangle]:
    """Where something is painted on which white text can be seen: coloured boxes, pictures, shadings."""
    boxes: list[Rectangle] = []
    for item in drawing.objects:
        if item.kind == PATH:
            mode = int_each(calls().draw_mode, item.handle, count=2)
            color = int_each(calls().fill_color, item.handle, count=4)
            if mode is None or not mode[0] or (color is not None and min(color[:3]) >= WHITE):
                continue
        elif item.kind not in (IMAGE, SHADING):
            continue
        if item.box is not None:
            boxes.append(item.box)
    return sorted(boxes, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))[:_MAX_BACKGROUNDS]


def _is_on_any(run: PrintedRun, boxes: Iterable[Rectangle], crop_box: Rectangle) -> bool:
    """Whether the middle of a run is in one of some boxes."""
    if not run.glyphs:
        return False
    first, last = run.glyphs[0], run.glyphs[-1]
    back: Affine = frame(crop_box, run.look.angle).inverse()
    x, y = back.point((first.x0 + last.x1) / 2, first.baseline - 0.3 * first.size)
    return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in boxes)
