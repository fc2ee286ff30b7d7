"""`python -m tests.benchmarks.onet FOLDER`: an O*NET text folder to guides, to outlines and passages, and its names to careers.

Prints the time of the import and of a build without embedding, the memory it took, and for how many titles, and alternate titles
of one occupation, a question is taken to be about that occupation alone."""

import random
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from time import process_time

from rag.datatypes import Document, Outline, Passage
from rag.guides.corpus import read_corpus
from rag.guides.onet import import_onet
from rag.guides.outline import outline
from rag.guides.passages import make_passages
from rag.questions.careers import Careers
from rag.text.inflection import with_article
from rag.text.words import words

QUESTIONS = ("what does {} do", "how much does {} earn", "what tools does {} use", "is {} well paid")
_SAMPLE = 2000  # alternate titles that are asked about


def main(folder: Path) -> None:
    """Print what takes how long, and what is resolved."""
    with tempfile.TemporaryDirectory() as into:
        started = process_time()
        made = import_onet(folder, Path(into))
        print(f"import    {process_time() - started:6.1f} s CPU, {len(made.guides):,} guides", flush=True)
        started = process_time()
        documents = read_corpus(Path(into))
        print(f"read      {process_time() - started:6.1f} s CPU", flush=True)
        started = process_time()
        outlines = [outline(document) for document in documents]
        print(f"outline   {process_time() - started:6.1f} s CPU", flush=True)
        started = process_time()
        passages: list[Passage] = []
        for document, its_outline in zip(documents, outlines, strict=True):
            passages += make_passages(document, its_outline, lambda text: len(text.split()) * 4 // 3)
        print(f"passages  {process_time() - started:6.1f} s CPU, {len(passages):,} passages", flush=True)
    print(f"memory    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    resolution(documents, outlines)


def resolution(documents: list[Document], outlines: list[Outline]) -> None:
    """Print the shares of titles and of alternate titles that a question is resolved by."""
    spoken = {word for document in documents for word in words(document.text)}
    careers = Careers(documents, {one.id: its for one, its in zip(documents, outlines, strict=True)}, spoken)
    titles = [(document.title, document.title) for document in documents]
    print(f"titles    {share(careers, titles):.1%} of {len(titles):,}", flush=True)
    held = Counter(alias.lower() for document in documents for alias in set(document.aliases))
    alternates = [(document.title, alias) for document in documents for alias in document.aliases if held[alias.lower()] == 1]
    sample = random.Random(1).sample(alternates, min(_SAMPLE, len(alternates)))
    print(f"alternate {share(careers, sample):.1%} of {len(sample):,} (of {len(alternates):,})")


def share(careers: Careers, names: Iterable[tuple[str, str]]) -> float:
    """The share of questions with a name that are about its career alone."""
    asked = [(career, question.format(with_article(name))) for career, name in names for question in QUESTIONS]
    return sum(careers.named(question).careers == (career,) for career, question in asked) / len(asked)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
