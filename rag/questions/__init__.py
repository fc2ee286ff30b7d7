"""What is asked, about which careers and topics.

Takes what was typed and the conversation's earlier questions (`question`), and gives a `Question`: checked (`checking`), its
slips mended (`spelling`), with the `careers` it names by their `names` and its `topics`. `scope` is the choice of guides that it
is put to, `intents` tells what it wants of the service itself, `entities` which of its words name a place or a time; both were
learned, as a `softmax` regression on what the encoder makes of texts.
May import the root's values and `rag.text`.
"""
