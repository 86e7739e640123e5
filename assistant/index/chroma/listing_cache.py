"""What was listed in a Chroma server when it was last opened here, so that only what is new since is asked for.

Of 112,815 documents it takes an opening from 6.4 to 3.5 s. It is a cache: lost or damaged, all is asked for again.
"""

import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assistant.errors import StoreError
from assistant.files import replace_file
from assistant.index.chroma.collections import CommitMark
from assistant.index.rows import DocumentEntry, Row, pack_listing, read_listing

logger = logging.getLogger(__name__)


def recall(path: Path) -> tuple[CommitMark | None, dict[str, DocumentEntry]]:
    """The documents that a file lists, by id, and the state of the index that they are of; nothing where it can't."""
    try:
        (name, count), listings = json.loads(path.read_text("utf-8"))
        documents = [read_listing(Row(key, "", data)) for key, data in listings]
    except FileNotFoundError:
        return None, {}
    except (OSError, ValueError, TypeError, StoreError) as error:
        logger.warning("The list of documents in '%s' is damaged (%s): it is fetched anew.", path, error)
        return None, {}
    return (str(name), int(count)), {at.id: at for at in documents}


def remember(path: Path, mark: CommitMark, documents: Iterable[DocumentEntry]) -> None:
    """Writes such a file, whole or not at all; without room for it the next opening takes longer."""
    told: Any = [mark, [(at.id, pack_listing(at).data) for at in documents]]
    try:
        with replace_file(path) as file:
            file.write(json.dumps(told).encode())
    except OSError as error:
        logger.info("The list of documents is not kept: %s", error)
