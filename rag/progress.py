"""How far a build is, for whoever waits for it."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_STAGES = {"read": "Reading the guides", "load model": "Loading the model", "embed": "Embedding", "write": "Writing the index"}


class BuildProgress:
    """Shows how far a build is on standard error: bars on a terminal, a line a stage elsewhere, nothing if `quiet`."""

    def __init__(self, quiet: bool = False) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._console = Console(stderr=True, quiet=quiet)
        self._bars = Progress(*columns, console=self._console, transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "BuildProgress":
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._console.is_terminal:
            self._bars.stop()

    def tell(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done in a stage."""
        if stage not in self._tasks:
            name = _STAGES.get(stage, stage)
            self._tasks[stage] = self._bars.add_task(name, total=total)
            if not self._console.is_terminal:
                self._console.print(name)
        self._bars.update(self._tasks[stage], completed=done, total=total)
