"""Measures of how PDFs are read: cells of tables, the rectangles of sentences, speed, and damaged files."""
