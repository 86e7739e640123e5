"""Reading order: phrases, columns and boxes."""
