"""What an evaluation's scorecard is written as: terminal text, Markdown, JUnit XML and an HTML page."""
