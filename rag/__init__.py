"""Verbatim: career questions, answered in the guides' own words.

A question takes one road, which `pipeline.py` reads top to bottom:

    questions/   what is asked: mended, in its conversation, with the careers it names
    retrieval/   the passages that come nearest
    models/      how likely each of them answers, and which of its units
    answers/     quotes with citations, or an abstention with what came nearest

A guide takes another, when the index is built:

    formats/     a file's bytes to text and blocks
    guides/      a folder of guides to outlines and passages
    index/       a folder that is searched

`text/` knows English and no guide; `evaluation/` says how good answers are. Arrows point downwards only: values < text < formats,
models, retrieval, questions < guides < index < answers < pipeline < loading < evaluation < the command line and web.
"""

import os

# Read by libraries as they load. onnxruntime looks up a host of its maker's and leaves an id in the home folder before it can be
# told not to by a call.
os.environ.update(ORT_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_TELEMETRY="1")
