"""Word and PowerPoint files before 2007."""
