"""Plain text, values with names, code, subtitles, notebooks."""
