"""Makes an index of three documents with the version of the code that is first on the path, and packs it into a file.

Usage: python make_index.py HOME FILE.tar.xz
"""

import sys
import tarfile
from pathlib import Path

from llama_index.core import Document

from assistant import Assistant

TEXTS = {
    "ferry": (
        "The ferry to Marl",
        (
            "The ferry to Marl sails from pier 4. It carries 212 passengers and 36 cars. "
            "The first crossing of the day leaves at 6:15, the last at 22:40. A single ticket costs 8.50 euros. "
            "Dogs travel free of charge, bicycles cost 2 euros. The crossing takes 47 minutes. "
            "Captain Ines Okafor has commanded the ship since 2019."
        ),
    ),
    "bakery": (
        "Minutes of the bakery",
        (
            "The bakery on Linden Street was founded in 1934 by Tomas Hale. "
            "It bakes 1,450 loaves on a weekday and 2,300 on a Saturday. In March 2021 the old oven was replaced. "
            "The new one uses 38 percent less gas. The rye bread contains no wheat. "
            "Eleven people work there, three of them as apprentices."
        ),
    ),
    "heron": (
        "Counting herons",
        (
            "# Herons\n\nIn the spring of 2023 volunteers counted 64 nests of the grey heron at Lake Oss. "
            "In 2022 there had been 58.\n\n## Method\n\nThe count was led by Priya Nandakumar. "
            "Each nest was watched for twenty minutes through a telescope. "
            "A “nest” was counted when an adult bird stayed on it — 😀 the drone was not used.\n\n"
            "- The northern shore holds 41 nests.\n- The island holds 23 nests."
        ),
    ),
}


def _without_owner_and_time(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The entry as it is the same on every machine."""
    entry.uname = entry.gname = ""
    entry.uid = entry.gid = entry.mtime = 0
    return entry


def make_index(home: Path, tar_path: Path) -> None:
    """Indexes the texts in the folder ``home``, and packs the folder."""
    documents = [
        Document(text=text, id_=name, metadata={"title": title, "file_name": f"{name}.md"})
        for name, (title, text) in TEXTS.items()
    ]
    with Assistant.open(home) as assistant:
        assistant.index(documents)
    with tarfile.open(tar_path, "w:xz") as tar:
        for name in sorted(path.name for path in home.iterdir()):
            if not name.startswith("lock"):
                tar.add(home / name, name, filter=_without_owner_and_time)


if __name__ == "__main__":
    make_index(*map(Path, sys.argv[1:]))
