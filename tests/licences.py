"""The licence of each locked package, as its own metadata states it: `python -m tests.licences` writes `docs/licences.md`."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
PAGE = ROOT / "docs" / "licences.md"
_PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)", re.MULTILINE)
_HEAD = """# Licences

What each package states of itself, made by `make lock` (`python -m tests.licences`). PyTorch is installed on its own.

| package | licence | needed to |
|---|---|---|
"""


def locked(name: str) -> dict[str, str]:
    """The packages of a lock file with their versions; of several for several Pythons, the last."""
    return dict(_PINNED.findall((ROOT / name).read_text()))


def licence_of(found: Distribution) -> str:
    """A distribution's licence: its expression, else its classifiers, else the first line of its own words."""
    metadata = found.metadata
    classifiers = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or () if line.startswith("License ::")]
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    words = metadata["License"].strip().splitlines() if "License" in metadata else []
    return "; ".join(classifiers) or (words[0][:60] if words else "not stated")


def rows() -> Iterator[tuple[str, str, str]]:
    """Package, licence and purpose of all that is locked and PyTorch; what is for other systems only is said to be."""
    run, dev = (locked(name) for name in LOCKS)
    for name in sorted({*run, *dev, "torch"}):
        try:
            licence = licence_of(distribution(name))
        except PackageNotFoundError:
            licence = "not installed here"
        yield name, licence.replace("|", "\\|"), "run" if name in run or name == "torch" else "test"


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(_HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows()), encoding="utf-8")


if __name__ == "__main__":
    main()
