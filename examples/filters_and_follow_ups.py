"""Ask only some documents, and ask a question that depends on the conversation so far."""

import tempfile
from pathlib import Path

from assistant import Assistant

CORPUS = Path(__file__).parents[1] / "corpus"
QUESTION = "How many people were arrested in Operation Liberterra II?"


def main() -> None:
    with tempfile.TemporaryDirectory() as home, Assistant.open(home) as assistant:
        assistant.index([CORPUS / "liberterra-ii.md", CORPUS / "liberterra-2021.txt"])
        anywhere = assistant.ask(QUESTION)
        print(f"anywhere: {anywhere.citations[0].title}")

        in_text_files = assistant.ask(QUESTION, kinds=["txt"])
        print(f"in .txt files: {in_text_files.citations[0].title}")

        before_it_happened = assistant.ask(QUESTION, until="2023-12-31")
        print(f"dated before 2024: {before_it_happened.text}")

        history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": anywhere.text}]
        follow_up = assistant.ask("And how many potential victims were found?", history=history)
        print(f"asked as: {follow_up.asked}")
        print(follow_up.text)


if __name__ == "__main__":
    main()
