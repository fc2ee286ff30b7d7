"""The lock files satisfy pyproject, carry a hash for every package, and name nobody's registry."""

import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.licences import LOCKS, PAGE, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def entries(name: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Each package of a lock file, and its hashes."""
    for entry in re.split(r"\n(?=\S)", (ROOT / name).read_text().strip()):
        first, *hashes = re.split(r"\s*\\\n\s*", entry.strip())
        yield Requirement(first), hashes


def wanted(*extras: str) -> Iterator[Requirement]:
    for line in PROJECT["dependencies"] + [line for extra in extras for line in PROJECT["optional-dependencies"][extra]]:
        requirement = Requirement(line)
        if requirement.name != "torch":  # installed before the rest, as a CPU build
            yield requirement


@pytest.mark.parametrize(("name", "extras"), [(LOCKS[0], ()), (LOCKS[1], ("dev",))])
def test_the_lock_satisfies_the_project(name: str, extras: tuple[str, ...]) -> None:
    locked: dict[str, list[str]] = {}
    for entry, _ in entries(name):
        (pin,) = entry.specifier
        assert pin.operator == "=="
        locked.setdefault(canonicalize_name(entry.name), []).append(pin.version)
    for requirement in wanted(*extras):
        versions = locked[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in versions), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_hashes_and_none_an_address(name: str) -> None:
    for entry, hashes in entries(name):
        assert hashes and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), entry
    text = (ROOT / name).read_text()
    assert re.findall(r"://|^\s*-(?!-hash)|\bindex\b", text, re.MULTILINE) == []


@pytest.mark.parametrize("name", LOCKS)
def test_nothing_comes_along_that_was_kept_out(name: str) -> None:
    names = {canonicalize_name(entry.name) for entry, _ in entries(name)}
    assert [found for found in names if re.match(r"torch$|triton|nvidia|cuda|aait|pymupdf", found)] == []


def test_the_makefile_installs_from_the_locks() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for name in LOCKS:
        assert re.search(rf"--no-deps --require-hashes --requirement {re.escape(name)}", makefile)


def test_each_locked_package_has_its_licence_listed() -> None:
    listed = re.findall(r"^\| ([a-z0-9.-]+) \| [^|]+ \| (?:run|test) \|$", PAGE.read_text(), re.MULTILINE)
    assert set(listed) == {entry.name for name in LOCKS for entry, _ in entries(name)} | {"torch"}
