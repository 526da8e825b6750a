"""Charts, each one call, each an ordinary Altair chart to go on editing.

    control(line)                                       who held which facility, as swimlanes
    people(line, facility="al-hol-camp")                how many were held, or moved, within which bounds
    agreements(line)                                    the life of each agreement
    border(line)                                        crossings and incidents
    knowledge(line, "2026-01-21", "custody", "al-shaddadi-prison", "escaped")
                                                        how the answer for one date moved as reports came in
    values(line, ("deals", "red-bridge", "status"))     any values by path, those of your own projections too

Each takes a timeline, or a situation, whose cuts then hold: `control(line.at(reported="2026-01-21"))`.
What is uncertain is drawn as uncertain: pale while a change may or may not have happened, a band for a
number with bounds. `chart.save("chart.png")`, `chart.save("chart.svg")` and
`chart.save("chart.html", inline=True)` make files that need no network.

Needs the extra `notebook`.
"""

from timeline.extras import needs

with needs("notebook"):
    from timeline.display.charts.agreements import agreements
    from timeline.display.charts.border import border
    from timeline.display.charts.control import control
    from timeline.display.charts.knowledge import knowledge
    from timeline.display.charts.people import people
    from timeline.display.charts.values import values

__all__ = ["agreements", "border", "control", "knowledge", "people", "values"]
