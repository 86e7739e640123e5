"""PDF: what is printed becomes words, reading order, tables, paragraphs and roles; `page` has the values in between.

`reader` ties the rooms together for a file, `document` for what goes over pages.
"""
