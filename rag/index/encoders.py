"""The encoders of an index folder: one a model, in `models/<hash of its files>/`, shared by all builds that name it."""

import hashlib
from pathlib import Path

from rag.errors import StoreError
from rag.folders import link, partial, settle
from rag.index.manifest import StoredEncoder, encoders_folder, verify_files
from rag.models.encoder import Precision, served_files
from rag.models.exports import Export


def store_encoder(index: Path, export: Export, precision: Precision) -> StoredEncoder:
    """Give a locked index folder what serving an export takes, unless it has it; how a manifest names it."""
    files = {name: export.files[name] for name in served_files(precision)}
    name = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:32]
    folder = encoders_folder(index) / name
    try:
        verify_files({folder / file: sha256 for file, sha256 in files.items()})
    except StoreError:
        with partial(encoders_folder(index)) as fresh:
            for file in files:
                link(export.folder / file, fresh / file)
            settle(fresh, name)
    return StoredEncoder(name, files, export.parity)
