"""Hold sentences of your own against a source: the grounding check says what is wrong with each."""

import tempfile

from assistant import Assistant

SOURCE = "A total of 2,517 arrests were made between 29 September and 4 October 2024."
SENTENCES = (
    "2,517 people were arrested.",
    "2,571 people were arrested.",
    "No arrests were made.",
    "The arrests were made in early October 2023.",
)


def main() -> None:
    with tempfile.TemporaryDirectory() as home, Assistant.open(home) as assistant:
        for sentence in SENTENCES:
            verdict = assistant.check(sentence, [SOURCE])
            print(f"{verdict.verdict:<12} {sentence} {verdict.why}")


if __name__ == "__main__":
    main()
