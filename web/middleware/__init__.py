"""What stands around every request: limits, headers, logs, counters. Imports nothing of `web` but itself."""
