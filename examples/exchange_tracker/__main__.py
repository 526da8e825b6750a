"""Print what the tracker says: `python -m examples.exchange_tracker`."""

from examples.exchange_tracker import PROJECTIONS, load
from timeline import Timeline

if __name__ == "__main__":
    line = Timeline(projections=PROJECTIONS)
    load(line)
    print(line.at())
