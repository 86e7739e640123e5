"""The writers of statements."""
