"""The code behind ``assistant eval``."""
