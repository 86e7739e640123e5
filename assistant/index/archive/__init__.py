"""An archive: an index exported to one file. ``writer`` says what is in it, ``reader`` trusts nothing that is."""
