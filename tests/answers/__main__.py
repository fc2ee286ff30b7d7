"""`python -m tests.answers record FILE` keeps the answers to all judged questions, `compare FILE` holds today's against them."""

import sys
from pathlib import Path

from tests.recording import main

if len(sys.argv) != 3 or sys.argv[1] not in ("record", "compare"):
    raise SystemExit(__doc__)
raise SystemExit(main(sys.argv[1], Path(sys.argv[2])))
