"""Save an answer, change its document, and find out that the answer no longer holds."""

import json
import tempfile
from pathlib import Path

from assistant import Assistant


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "brief.md"
        document.write_text("# Brief\n\nPolice made 2,517 arrests.\n", encoding="utf-8")
        with Assistant.open(Path(folder) / "home") as assistant:
            assistant.index(document)
            saved = json.dumps(assistant.ask("How many arrests did police make?").to_dict())
            print("saved: holds =", assistant.verify(json.loads(saved)).holds)

            document.write_text("# Brief\n\nPolice made 2,600 arrests.\n", encoding="utf-8")
            assistant.index(document)
            verification = assistant.verify(json.loads(saved))
            print("after the change: holds =", verification.holds)
            for citation in verification.citations:
                print(f"[{citation.number}] {citation.standing}: {citation.quote}")


if __name__ == "__main__":
    main()
