"""What readers say about answers, kept in one SQLite file that only its owner reads (`index/readers/feedback.sqlite3` unless set
otherwise).

It survives rebuilds and holds no text of a question unless the reader asked for that. A row belongs to one shown answer: its
vote, the reason, which runs it cited and from which index, so that an operator can look at what was voted down. Rows older than
the days that are set are deleted, and of more than `MOST_ROWS` the oldest.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from web.private import make_private

VOTES = ("yes", "no", "gap", "none")
REASONS = ("Not what I asked", "Wrong source", "Too little", "Out of date")
MOST_ROWS = 100_000  # some 40 MB
_DELETE_OLD = "DELETE FROM feedback WHERE at < ?"
_DELETE_MOST = """
DELETE FROM feedback WHERE rowid IN (SELECT rowid FROM feedback ORDER BY at LIMIT max(0, (SELECT count(*) FROM feedback) - ?))
"""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
  answer TEXT PRIMARY KEY, at TEXT NOT NULL, vote TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', status TEXT NOT NULL,
  index_id TEXT NOT NULL, sources TEXT NOT NULL, question TEXT NOT NULL DEFAULT ''
) STRICT
"""
_UPSERT = """
INSERT INTO feedback VALUES (:answer, :at, :vote, :reason, :status, :index_id, :sources, :question)
ON CONFLICT (answer) DO UPDATE SET at = :at, vote = :vote, reason = :reason, question = :question
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's word on one answer; `sources` are its cited runs, `question` is empty unless the reader sent it."""

    answer: str
    vote: str
    status: str
    index_id: str
    sources: str
    reason: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Voted:
    """What was said about the answer of a turn of the page."""

    turn: int
    answer: str
    vote: str
    reason: str
    question: str


class FeedbackStore:
    """A file of feedback, made when the first vote arrives. Where the file cannot be used, methods raise OSError."""

    def __init__(self, path: Path, days: int = 365) -> None:
        self.path, self._days = path, days

    def save(self, feedback: Feedback) -> None:
        """Keep a vote in place of an earlier one on the same answer; the vote "none" takes it back."""
        with self._database() as database:
            if feedback.vote == "none":
                database.execute("DELETE FROM feedback WHERE answer = ?", (feedback.answer,))
            else:
                now = datetime.now(UTC)
                values = {name: getattr(feedback, name) for name in Feedback.__slots__}
                database.execute(_UPSERT, {**values, "at": now.isoformat(timespec="seconds")})
                database.execute(_DELETE_OLD, ((now - timedelta(days=self._days)).isoformat(timespec="seconds"),))
                database.execute(_DELETE_MOST, (MOST_ROWS,))

    def get(self, answer: str) -> Feedback | None:
        """What was said about an answer."""
        if not self.path.exists():
            return None
        with self._database() as database:
            columns = ", ".join(Feedback.__slots__)
            row = database.execute(f"SELECT {columns} FROM feedback WHERE answer = ?", (answer,)).fetchone()
        return Feedback(*row) if row else None

    def voted(self, reference: str) -> Voted | None:
        """What an address ("fb=2.ans_…") says was just said, looked up; None also where the file cannot be used."""
        turn, _, answer = reference.partition(".")
        try:
            said = self.get(answer) if turn.isdecimal() and len(turn) < 3 and answer else None
        except OSError:
            return None
        return Voted(int(turn), answer, said.vote, said.reason, said.question) if said else None

    def counts(self) -> dict[str, int]:
        """How many votes there are of each kind."""
        if not self.path.exists():
            return {}
        with self._database() as database:
            return dict(database.execute("SELECT vote, count(*) FROM feedback GROUP BY vote").fetchall())

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        make_private(self.path)
        try:
            with closing(sqlite3.connect(self.path, timeout=5)) as database, database:
                database.execute(_SCHEMA)
                yield database
        except sqlite3.Error as error:
            raise OSError(f"{self.path}: {error}") from error
