"""The edge to PDFium."""
