"""Lightweight markup, LaTeX and XML."""
