"""Spreadsheets, Excel before and from 2007, and delimited text."""
