"""Numbers, times and events in the words of a language.

The words are tables in `static/`: `ar.json` for single words, `forms.json` for months, units and genders, and
`phrases.json` for sentences. A native reader can mend them without reading code.
"""
