"""Builds again whenever the guides change."""

from collections.abc import Callable

from watchfiles import watch

from rag.errors import BusyError, VerbatimError
from rag.index import builds
from rag.settings import Settings

_TICK_MS = 500  # how soon a build that found another one running is tried again


def rebuild_on_change(settings: Settings, build: Callable[[], None], tell: Callable[[str], None]) -> None:
    """Build, and again after every change of the corpus folder, until interrupted; old builds are deleted, so that the disk
    does not fill.

    What is wrong with a guide is told, and its next change waited for. While another process changes the index, it is tried
    again until that one is done.
    """
    due, waiting = True, False
    # The watch begins before the first build, so that no change during it is missed.
    for changes in watch(settings.corpus, raise_interrupt=False, rust_timeout=_TICK_MS, yield_on_timeout=True):
        if not (changes or due):
            continue
        due = False
        try:
            build()
            builds.prune(settings.index, settings.spare_builds)
        except BusyError as error:
            due = True
            if not waiting:
                tell(str(error))
        except VerbatimError as error:
            tell(str(error))
        waiting = due
