"""A short document that the tests of the server ask about."""

HARBOUR = """The harbour of Norrvik

The harbour of Norrvik was opened in 1912. In 2023 it handled 4,811 ships. Its master is Ingrid Solheim.
The ice closes it for three weeks in an ordinary winter.
"""
SHIPS = "How many ships did the harbour of Norrvik handle in 2023?"
STATEMENT = "In 2023 the harbour of Norrvik handled 4,811 ships. [1]"
