"""PowerPoint files from 2007 on."""
