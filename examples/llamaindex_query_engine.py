"""Use an index as a LlamaIndex query engine and retriever; the import of LlamaIndex takes some seconds."""

import tempfile
from pathlib import Path

from assistant import Assistant

DOCUMENT = Path(__file__).parents[1] / "corpus" / "liberterra-ii.md"


def main() -> None:
    with tempfile.TemporaryDirectory() as home, Assistant.open(home) as assistant:
        assistant.index(DOCUMENT)
        response = assistant.query_engine().query("How many people were arrested in Operation Liberterra II?")
        print(response)
        for source in response.source_nodes:
            print(f"cited: {source.node.metadata['title']}: {source.node.get_content()}")

        for hit in assistant.retriever(k=3).retrieve("the countries that took part"):
            print(f"retrieved: {hit.score:.2f} {hit.node.get_content()}")


if __name__ == "__main__":
    main()
