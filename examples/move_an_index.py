"""Write an index to one file, and bring it into another index, without embedding anything anew."""

import tempfile
from pathlib import Path

from assistant import Assistant

DOCUMENTS = Path(__file__).parents[1] / "corpus"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "index.zip"
        with Assistant.open(Path(folder) / "first") as assistant:
            assistant.index([DOCUMENTS / "liberterra-ii.md", DOCUMENTS / "glossary.md"])
            written = assistant.export(archive)
            print(f"{written.documents} documents, {written.sentences} sentences exported")
        with Assistant.open(Path(folder) / "second") as assistant:
            report = assistant.import_(archive)
            print(f"{len(report.added)} documents imported")
            print(assistant.ask("How many people were arrested in Operation Liberterra II?").text)


if __name__ == "__main__":
    main()
