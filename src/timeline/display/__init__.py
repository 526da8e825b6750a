"""The face people look at: notebooks, terminals, charts, a page to share and a replay to scrub.

Values first become neutral tables (`sheets`). Notebooks (`html`), terminals (`terminal`), and the page and the replay
(`frames`) render these in their own ways. Nothing here is imported by the library until it is used.
"""
