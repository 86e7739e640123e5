"""The training of the span reader: from the data to ``reader.onnx``. Nothing here is imported at run time."""
