"""Make the front page of the package from README.md: `python docs/packaged.py`.

An index of packages shows the text alone, so that links to files beside it are dead. Where `[project.urls]` of
pyproject.toml names a `Source`, links become addresses there. Without one, they become the names of the files, and
pictures what they show.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
README, PACKAGED, PROJECT = ROOT / "README.md", ROOT / "README.package.md", ROOT / "pyproject.toml"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?://|#|mailto:)([^)\s]+)\)")
_CODE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_ADDED = "<!-- Made from README.md by docs/packaged.py. -->\n\n"


def packaged(text: str, source: str | None) -> str:
    """Return the text without relative links: to files at the address of the source, else to nothing.

    >>> packaged("[Ideas](docs/ideas.md)", None)
    'Ideas (`docs/ideas.md`)'
    >>> packaged("![a map](docs/map.svg)", "https://example.org/x/")
    '![a map](https://example.org/x/docs/map.svg)'
    """

    def absolute(found: re.Match[str]) -> str:
        mark, words, path = found.groups()
        if source is not None:
            return f"{mark}[{words}]({source.rstrip('/')}/{path})"
        return f"*{words}.*" if mark else f"{words} (`{path.partition('#')[0]}`)"

    parts = _CODE.split(text)
    return "".join(part if part.startswith("```") else _LINK.sub(absolute, part) for part in parts)


def fresh() -> str:
    """Return the front page of the package as it should be now."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    return _ADDED + packaged(README.read_text("utf-8"), project.get("urls", {}).get("Source"))


if __name__ == "__main__":
    PACKAGED.write_text(fresh(), "utf-8")
