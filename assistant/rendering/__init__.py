"""Texts for a terminal and for HTML, made harmless: documents, titles, file names and questions are untrusted."""
