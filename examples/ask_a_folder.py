"""Index a folder, ask a question, and find each citation in its document.

Run it with ``uv run python examples/ask_a_folder.py``; a folder of your own may be named behind it.
"""

import sys
import tempfile
from pathlib import Path

from assistant import Assistant

CORPUS = Path(__file__).parents[1] / "corpus"


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home, Assistant.open(home) as assistant:
        report = assistant.index(folder)
        print(f"{len(report.added)} documents indexed, {len(report.failed)} could not be read")

        answer = assistant.ask("How many people were arrested in Operation Liberterra II?")
        print(answer.text)
        for citation in answer.citations:
            text = assistant.document(citation.document_id).text
            assert text[citation.start : citation.end] == citation.quote
            print(f"[{citation.number}] {citation.title}, characters {citation.start} to {citation.end}")

        refusal = assistant.ask("Who won the World Cup final in 1998?")
        print(f"refused: {refusal.reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS)
