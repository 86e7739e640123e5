"""By how much the baselines of what stands on one line may differ, in type sizes."""

SAME_GLYPH_BASELINE = 0.06
"""Of glyphs: those of a line differ by rounding alone, and what is further off is raised or lowered."""

SAME_WORD_BASELINE = 0.2
"""Of words: those of other fonts, and those of a crooked scan, stand a little higher or lower."""

SAME_BASELINE = 0.25
"""Of phrases, with whatever stands between them."""
