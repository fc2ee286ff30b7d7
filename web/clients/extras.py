"""The packages that a face needs and Verbatim does not: whether they are there is said before anything is served."""

from importlib.util import find_spec

from rag.errors import SettingsError


def need(package: str) -> None:
    """Raise SettingsError where a package is missing that the extra of its name brings."""
    if find_spec(package) is None:
        raise SettingsError(f"The package {package} is missing; install the extra: pip install '.[{package}]'")
