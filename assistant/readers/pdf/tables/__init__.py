"""The tables of a page, ruled or not."""
