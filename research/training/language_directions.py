"""The directions in which vectors of different languages differ, whatever is said: by the same texts in 19 languages.

A multilingual embedder puts texts of one language near each other. What a translation adds to the mean vector of some
texts is that language's own share; without the main directions of these shares a question is nearer to its answer in
another language (Yang et al. 2021, arXiv:2109.04727). The texts are the interface of Django (BSD-3-Clause), out of its
wheel, which is opened and not installed.
"""

import gettext
import io
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_WHEEL = "django==5.2.19"
_LANGUAGES = (
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "pl",
    "da",
    "fi",
    "cs",
    "ro",
    "hu",
    "tr",
    "el",
    "ru",
    "uk",
    "bg",
)
_CATALOGUE = re.compile(r".*/locale/(\w+)/LC_MESSAGES/\w+\.mo")
_MIN_CHARS = 25  # of a text: shorter ones are labels
_MARKUP = re.compile(r"[%{<\n]")
DIRECTIONS = 12  # EXPERIMENTS.md has the table

Vectors = NDArray[np.float32]


def language_directions(folder: Path, embed: Callable[[str, Sequence[str]], Vectors]) -> Vectors:
    """The main directions, orthonormal, shape (12, 384).

    Args:
        folder: gets the wheel.
        embed: from a prefix and texts to vectors of unit length.
    """
    texts = _parallel_texts(folder)
    shares = [
        embed(prefix, translations).mean(axis=0) - embed(prefix, list(texts)).mean(axis=0)
        for prefix in ("passage: ", "query: ")
        for translations in map(list, zip(*texts.values(), strict=True))
    ]
    _, _, directions = np.linalg.svd(np.array(shares), full_matrices=False)
    return np.ascontiguousarray(directions[:DIRECTIONS], np.float32)


def _parallel_texts(folder: Path) -> dict[str, list[str]]:
    """The English texts that all languages have, each with its translations in the order of the languages."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), _WHEEL]
    subprocess.run(command, check=True)  # noqa: S603 — a fixed command, this interpreter's own pip
    translations: dict[str, dict[str, str]] = defaultdict(dict)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name in sorted(wheel.namelist()):
            match = _CATALOGUE.fullmatch(name)
            if match and match[1] in _LANGUAGES:
                catalogue = vars(gettext.GNUTranslations(io.BytesIO(wheel.read(name))))["_catalog"]
                translations[match[1]] |= {key: value for key, value in catalogue.items() if _is_prose(key, value)}
    common = set.intersection(*(set(texts) for texts in translations.values()))
    return {key: [translations[language][key] for language in _LANGUAGES] for key in sorted(common)}


def _is_prose(key: object, value: str) -> bool:
    """Whether a text of a catalogue is words alone, and translated."""
    return isinstance(key, str) and len(key) > _MIN_CHARS and not _MARKUP.search(key) and value not in {"", key}
