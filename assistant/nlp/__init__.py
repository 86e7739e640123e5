"""Pure functions of text: no input or output, no vendor but the sentence splitter."""
