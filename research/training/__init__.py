"""The training of the reader: from the data to ``reader.onnx``. Nothing here is imported at run time."""
