"""The page's colours: every text can be read, in the light scheme and in the dark one."""

import re
from itertools import product
from pathlib import Path

import pytest

import assistant.server

_CSS = (Path(assistant.server.__file__).parent / "ui" / "static" / "page.css").read_text(encoding="utf-8")
_TEXTS, _GROUNDS = ("ink", "soft", "accent", "good", "weak", "bad"), ("page", "paper", "tint")
_PAIRS = [*product(_TEXTS, _GROUNDS), ("on-accent", "accent"), ("on-lit", "lit"), ("page", "ink")]


def colours(selector: str) -> dict[str, str]:
    """The colours that a rule of the style sheet defines, by name."""
    block = re.search(rf"^{re.escape(selector)} {{(.*?)^}}", _CSS, re.DOTALL | re.MULTILINE)
    assert block
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [":root", ".dark"])
@pytest.mark.parametrize(("text", "ground"), _PAIRS)
def test_contrast_is_enough(scheme: str, text: str, ground: str) -> None:
    """WCAG 2.2 AA asks for 4.5 to 1."""
    scheme_colours = colours(scheme)
    high, low = sorted((luminance(scheme_colours[text]), luminance(scheme_colours[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_the_style_sheet_loads_nothing() -> None:
    """The style sheet has no address and imports nothing."""
    assert not re.search(r"url\(|@import|https?:", _CSS)


def test_no_comma_within_a_selector_function() -> None:
    """Gradio splits selectors at every comma, and would tear :is() and :has() apart."""
    assert not re.search(r":(?:is|has|not|where)\([^)]*,", re.sub(r"/\*.*?\*/", "", _CSS, flags=re.DOTALL))
