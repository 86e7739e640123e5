"""Places on a page, and how they turn."""
