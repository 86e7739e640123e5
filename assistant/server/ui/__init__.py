"""The chat page: what a browser sees, and what happens when somebody uses it."""
