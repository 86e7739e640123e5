"""From lines to paragraphs, headings, lists and fields."""
