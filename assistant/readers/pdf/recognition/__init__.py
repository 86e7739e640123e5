"""Pages without text, read by character recognition."""
