"""The face people look at: notebooks, terminals, charts, a page to share and a replay to scrub.

Everything shown is first put into neutral tables (`sheets`), which notebooks (`html`), terminals
(`terminal`) and the page and the replay (`frames`) each render in their own way. Nothing here is imported by
the library until it is used.
"""
