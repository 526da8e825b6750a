"""Situations in words: each value becomes a sentence that names its entries.

`statements` says one value, `sections` puts them in order, `markdown` writes them.
"""
