"""Our own words, held in a TOML file by section and name, so that who runs the service can reword them in one place."""

import tomllib
from functools import cached_property
from pathlib import Path


class Wording:
    """The words of one file, read when the first of them is said."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def held(self) -> dict[str, dict[str, str]]:
        """All words, by section and name."""
        return tomllib.loads(self._file.read_text(encoding="utf-8"))

    def say(self, section: str, name: str, /, **filled: object) -> str:
        """Words by section and name, filled in. Raises KeyError for those that are not in the file."""
        return self.held[section][name].format(**filled)
