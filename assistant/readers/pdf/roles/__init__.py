"""Whose words a piece holds: running heads, notes, captions, contents, bibliographies."""
