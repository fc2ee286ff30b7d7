"""How good answers are, and whether an index is sound.

Takes judged questions (`judgements`), or those of SQuAD (`squad`), and puts them to pipelines (`trials`): each answer is graded
(`grading`), the grades are summed up (`metrics`) and told (`reports`). Takes an index folder and its corpus, and gives what is
wrong with them (`checks`, `findings`). May import all of `rag` but the command line, which alone imports it: a server never does.
"""
