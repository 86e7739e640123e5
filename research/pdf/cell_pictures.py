"""Pictures of pages in which a cell is boxed, for a person to read."""

from pathlib import Path
from typing import Any

from research.pdf.figure_cells import DrawnCell

_SCALE = 1.7  # pixels a point: small type is legible
_BELOW = 60.0  # points that are shown below the cell
_MARGIN = 3  # pixels between the cell and its box
_RED = (220, 0, 0)


def save_picture(cell: DrawnCell, path: Path) -> None:
    """Writes a page from its top to below the cell, as PNG."""
    import pypdfium2
    from PIL import ImageDraw

    document: Any = pypdfium2.PdfDocument(cell.file)
    try:
        image = document[cell.page - 1].render(scale=_SCALE).to_pil().convert("RGB")
    finally:
        document.close()
    box = [_SCALE * edge for edge in cell.figure[1:]]
    outline = (box[0] - _MARGIN, box[1] - _MARGIN, box[2] + _MARGIN, box[3] + _MARGIN)
    ImageDraw.Draw(image).rectangle(outline, outline=_RED, width=2)
    bottom = min(image.height, int((cell.figure.y1 + _BELOW) * _SCALE))
    image.crop((0, 0, image.width, bottom)).save(path)
