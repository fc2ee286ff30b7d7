"""SECURITY.md promises what the code does: settings by name, bounds by number."""

import re
from pathlib import Path

from rag.guides.outline import NAME_CHARS
from rag.guides.passages import ABOVE_CHARS, MOST_CHARS
from rag.questions.checking import MAX_CHARS
from rag.settings import Settings
from web import votes
from web.addresses import MAX_TURNS
from web.app import DEFAULT_RATE
from web.clients import openai
from web.middleware import limits, logs, protocol
from web.middleware.keys import ENTRY
from web.page.guide import MAX_MARKS
from web.page.layout import _DEEPEST

TEXT = " ".join((Path(__file__).parent.parent / "SECURITY.md").read_text().split())


def test_every_setting_it_names_is_one() -> None:
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b|\((?:[^()]*, )?([A-Z]{4,})\)", TEXT)) - {""}
    named |= set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", TEXT))
    assert {name.lower() for name in named} - {"verbatim_"} <= set(Settings.model_fields)
    assert len(named) > 12


def test_the_numbers_it_names_are_the_defaults() -> None:
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    for said in (
        f"{defaults['guide_seconds']} s of CPU time (GUIDE_SECONDS)",
        f"{defaults['guide_megabytes']:,} MB of memory (GUIDE_MEGABYTES)",
        f"{defaults['max_file_bytes'] // 1_000_000} MB of file (MAX_FILE_BYTES)",
        f"{DEFAULT_RATE.partition('/')[0]} a minute and client, RATE",
        f"{defaults['queue']} requests at once (QUEUE)",
        f"{defaults['timeout']} s for an answer",
        f"more than {defaults['connections']} connections a process (CONNECTIONS)",
        f"A head has {protocol.HEAD_SECONDS:.0f} s and {protocol.HEAD_BYTES // 1024} kB",
        f"a body {limits.BODY_SECONDS:.0f} s and {limits.MAX_BODY // 1024} kB ({openai.MAX_BODY // 1024} kB at `{openai.CHAT}`",
        f"less than {protocol.DRAIN_BYTES // 1024} kB of a response in {protocol.WATCH_SECONDS:.0f} s",
        f"a name has {NAME_CHARS} characters, a unit {MOST_CHARS:,}",
        f"the encoder gets {ABOVE_CHARS:,}",
        f"A question has {MAX_CHARS} characters",
        f"an address {MAX_MARKS} marks",
        f"| {defaults['feedback_days']} days (FEEDBACK_DAYS) | {votes.MOST_ROWS:,} rows |",
        f"| {defaults['question_days']} days (QUESTION_DAYS) | {logs.DAY_BYTES // 1_000_000} MB a day |",
        f"| {defaults['cache']:,} (CACHE) |",
        f"`{ENTRY}`",
    ):
        assert said in TEXT, said
    assert (MAX_TURNS, _DEEPEST, protocol.LOOKS) == (12, 12, 3)
