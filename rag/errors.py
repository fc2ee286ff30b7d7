"""Everything that can go wrong for a reason the user can mend.

VerbatimError
├── SettingsError    a setting has a value that cannot work
├── CorpusError      a guide cannot be read, or the corpus is empty
├── EncoderError     the embedding model is missing or is not the pinned one
├── StoreError       the index is missing, damaged or of another format
│   └── BusyError    another process is changing the index
├── QuestionError    the question cannot be taken as it stands
└── JudgementError   a file of judged questions cannot be used

Each message is one line and says what to do next.
"""


class VerbatimError(Exception):
    """Base of all errors that are told to the user in one line."""


class SettingsError(VerbatimError):
    """A setting has a value that cannot work."""


class CorpusError(VerbatimError):
    """A guide cannot be read, or the corpus holds none."""


class EncoderError(VerbatimError):
    """The embedding model is missing or is not the pinned one."""


class StoreError(VerbatimError):
    """The index is missing, damaged or of another format."""


class BusyError(StoreError):
    """Another process is changing the index."""


class QuestionError(VerbatimError):
    """The question is empty or too long."""


class JudgementError(VerbatimError):
    """A file of judged questions cannot be used."""
