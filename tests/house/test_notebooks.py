"""The notebooks run from top to bottom in a real kernel, and the packed chronicle is the chronicle."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from examples.northeast_syria import load
from timeline import Timeline

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


@pytest.mark.beside
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_notebook_runs(path, tmp_path):
    """Every cell runs, and each that ends in a value shows it."""
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code"), (
        "notebooks are kept without outputs"
    )
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    kinds = {kind for cell in code for output in cell.outputs for kind in output.get("data", {})}
    assert "text/html" in kinds
    if path.stem == "first_steps":
        assert "application/vnd.jupyter.widget-view+json" in {
            kind for output in code[0].outputs for kind in output.data
        }
        assert len([text for text in code[0].source.splitlines() if text]) <= 4
        assert (tmp_path / "report.html").exists()


def test_the_packed_chronicle_is_current():
    """`Timeline.demo()` restores the chronicle as it is; else run `python -m examples.northeast_syria.pack`."""
    loaded = Timeline()
    load(loaded)
    packed = Timeline.demo()
    said = [
        [(e.id, e.event, e.occurred, e.reports, e.modality, e.references) for e in map(_draft, line.entries())]
        for line in (packed, loaded)
    ]
    assert said[0] == said[1]
    assert packed.at() == loaded.at()


def _draft(entry):
    from timeline import Draft

    return Draft(
        entry.event, occurred=entry.occurred, reports=entry.reports, modality=entry.modality, after=entry.after,
        part_of=entry.part_of, fulfils=entry.fulfils, id=entry.id,
    )  # fmt: skip
