"""OpenDocument: text, spreadsheets, presentations."""
