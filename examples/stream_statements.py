"""Print each checked statement as it is ready, and the whole answer last.

In quotes mode everything is ready at once. With ``ASSISTANT_MODEL`` set, statements come while the language model
still writes.
"""

import tempfile
from pathlib import Path

from assistant import Assistant, Statement

DOCUMENT = Path(__file__).parents[1] / "corpus" / "liberterra-ii.md"
QUESTION = "How many people were arrested, and how many potential victims were found, in Operation Liberterra II?"


def main() -> None:
    with tempfile.TemporaryDirectory() as home, Assistant.open(home) as assistant:
        assistant.index(DOCUMENT)
        for event in assistant.stream(QUESTION):
            if isinstance(event, Statement):
                print(f"{event.verdict}: {event.text}")
            else:
                print(f"{len(event.statements)} statements, confidence {event.score:.2f}")


if __name__ == "__main__":
    main()
