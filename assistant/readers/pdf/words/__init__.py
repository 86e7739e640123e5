"""From glyphs to words."""
