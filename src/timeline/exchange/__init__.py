"""Other people's formats: one module each, imported only when it is used.

    table        CSV, JSON and JSON lines in, by a mapping that you declare; CSV out
    presets      mappings for ACLED, UCDP GED, and tables with HXL hashtags
    releases     successive releases of a living data set in, by a mapping
    frames       Arrow, Polars, pandas and Parquet: entries, postings, and who held what from when to when
    cloudevents  CloudEvents 1.0, out and in
    timelinejs   TimelineJS, out and in
    stix         STIX 2.1 bundles, out
    ical         iCalendar, out
    geojson      GeoJSON, out
    ftm          FollowTheMoney entities and statements, out
    prov         PROV-O as JSON-LD, out

Every `write` returns a `sharing.Written`, which counts what was left out, by reason. Marked entries
(`about=("tlp:amber",)`) are left out unless you allow their marking. Every `load` gives a `loading.Loaded`. The
lossless copy of a whole log is `Timeline.dump`.
"""
