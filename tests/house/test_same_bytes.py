"""Faces and exports that follow from the log alone: never from the order in which Python keeps a set."""

import os
import subprocess
import sys

SHOWN = """
import sys
from hashlib import sha256
from pathlib import Path
from timeline import Timeline
from timeline.exchange import ftm, geojson, ical, prov, stix, table, timelinejs

folder, line = Path(sys.argv[1]), Timeline.demo()
line.to_html(folder / "page.html")
table.write(line, folder / "table.csv")
geojson.write(line, folder / "map.geojson")
ical.write(line, folder / "calendar.ics")
timelinejs.write(line, folder / "timeline.json")
stix.write(line, folder / "bundle.json", source="newsroom")
prov.write(line, folder / "prov.json", source="https://www.example.org/")
ftm.write(line, folder / "entities.json", dataset="demo")
for path in sorted(folder.iterdir()):
    print(path.name, sha256(path.read_bytes()).hexdigest())
situation = line.at()
print(situation, situation.tell(), situation.claims(), line.delays(), line.suggest_same(), sep="\\n")
print(*line.paths(), sep="\\n")
for path in line.paths()[::10]:
    print(line.learned(None, *path), line.spans(*path), situation.why(*path), sep="\\n")
"""


def test_the_same_log_gives_the_same_bytes_in_every_process(tmp_path):
    """Two processes that keep sets in other orders print the same, and write the same files."""
    said = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        ran = subprocess.run(
            [sys.executable, "-c", SHOWN, str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}, capture_output=True, text=True, check=True, encoding="utf-8",
        )  # fmt: skip
        said.append(ran.stdout)
    assert said[0] == said[1]
    assert "page.html" in said[0]
