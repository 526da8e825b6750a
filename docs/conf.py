"""Settings with which Sphinx makes a site of these pages (`make docs`). The site opens from disk, without network."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "incident-timeline"
release = version = installed(project)
html_title = "incident-timeline"

extensions = ["myst_nb", "sphinx.ext.autodoc", "accessible", "docstrings", "notebooks", "pictures", "reading"]
exclude_patterns = ["_build", "_extensions"]
default_role = "py:obj"  # docstrings put code in single backticks; what is documented becomes a link

myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
nb_execution_mode = "off"  # the extension `notebooks` has run them

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False

html_theme = "furo"
html_static_path = ["_static"]
html_extra_path = ["../src/timeline/data/schema.json"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # a page opened from disk may not fetch others
